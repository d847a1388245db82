/**
 * @typedef {{ version: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], engines?: object }} LockedPackage
 */

/**
 * Programs for this system (`@rolldown/binding-linux-x64-gnu`) are optional dependencies, and npm leaves optional dependencies
 * out when they want a newer Node than the one npm runs on. Ours run on the project's Node: they are wanted all the same.
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
 * Only a list that names this very system makes a package a part for it.
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
