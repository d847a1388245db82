/**
 * @typedef {{ version: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], engines?: object }} LockedPackage
 */

/**
 * Programs for this system (`@rolldown/binding-linux-x64-gnu`) are optional dependencies, and npm omits those that want a
 * newer Node than the one npm runs on. Ours run on the project's Node, so they are needed all the same.
 *
 * @param {Record<string, LockedPackage>} wanted what package-lock.json names
 * @param {Record<string, LockedPackage>} installed
 * @returns {string[]} what is missing, as `name@version`
 */
export function partsLeftOut(wanted, installed) {
  return Object.entries(wanted)
    .filter(([path, part]) => part.optional && part.engines !== undefined && installed[path] === undefined)
    .filter(([, part]) => allows(part.os, process.platform) && allows(part.cpu, process.arch))
    .filter(([, part]) => part.libc === undefined || allows(part.libc, libc()))
    .map(([path, part]) => `${path.replace(/^.*node_modules\//, '')}@${part.version}`);
}

/**
 * A package is a part for this system only if its list names the system.
 *
 * @param {string[] | undefined} list
 * @param {string} value
 */
function allows(list, value) {
  return list?.includes(value) ?? false;
}

function libc() {
  if (process.platform !== 'linux') return 'none';
  /** @type {{ header: { glibcVersionRuntime?: string } }} */
  const report = JSON.parse(JSON.stringify(process.report.getReport()));
  return report.header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
