/**
 * A URL that names several hosts, `scheme://user:password@a:1,b,c/path?query`, as one URL for each host, in their order. Every
 * host has the port behind it or none. A URL with one host, or that can't be told apart, is returned as it is.
 */
export function urlPerHost(url: string): readonly string[] {
  const [, start = '', hosts = '', rest = ''] = /^([a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is.exec(url) ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => start + host.trim() + rest) : [url];
}
