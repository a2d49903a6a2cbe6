/**
 * This machine's name, as in the builders' tags. A process id is only valid in its PID namespace, so a container adds the
 * namespace: two containers with the same host name must not consider each other's Packer dead.
 *
 * @param pidNamespace the target of the link /proc/self/ns/pid on Linux, `pid:[4026531836]`; undefined elsewhere.
 */
export function machineName(hostname: string, pidNamespace: string | undefined): string {
  const [, number] = /^pid:\[(\d+)\]$/.exec(pidNamespace ?? '') ?? [];
  return number === undefined || number === initialNamespace ? hostname : `${hostname}/${number}`;
}

/** PROC_PID_INIT_INO of the Linux kernel (include/linux/proc_ns.h): the namespace outside of all containers. */
const initialNamespace = String(0xeffffffc);
