import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Certificates for `localhost`: a good one signed by our own CA, and several that must not be trusted. */
export async function makeCertificates(
  folder: string,
): Promise<{ readonly caFile: string; readonly good: Certificate; readonly wrong: readonly Certificate[] }> {
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const file = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = async (name: string) => {
    writeFileSync(file(`${name}.cnf`), configuration(folder, name));
    writeFileSync(file(`${name}.index`), '');
    await openssl('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`);
  };
  const signed = async (name: string, by: string, host: string, ...dates: string[]): Promise<Certificate> => {
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`);
    writeFileSync(file(`${name}.ext`), `subjectAltName=DNS:${host}\n`);
    const out = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`];
    await openssl('ca', '-config', `${by}.cnf`, '-batch', '-notext', ...out, ...dates);
    return read(name);
  };
  const read = (name: string) => ({ key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.crt`)) });

  await authority('ca');
  await authority('foreign-ca');
  await openssl('req', '-x509', ...key, '-keyout', 'self.key', '-out', 'self.crt', '-subj', '/CN=localhost');
  const expired = ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z'];
  return {
    caFile: file('ca.crt'),
    good: await signed('good', 'ca', 'localhost'),
    wrong: [
      await signed('expired', 'ca', 'localhost', ...expired),
      await signed('other-name', 'ca', 'shop.example'),
      await signed('foreign', 'foreign-ca', 'localhost'),
      read('self'),
    ],
  };
}

/** The configuration for `openssl ca`. */
function configuration(folder: string, name: string): string {
  return `[ca]
default_ca = ours
[ours]
new_certs_dir = ${folder}
database = ${join(folder, `${name}.index`)}
certificate = ${join(folder, `${name}.crt`)}
private_key = ${join(folder, `${name}.key`)}
rand_serial = yes
default_md = sha256
default_days = 30
unique_subject = no
policy = any
[any]
commonName = supplied
`;
}
