/**
 * This machine's name, as builders carry it. A process id means something only beside the others of its namespace, so a
 * container adds its own: two containers of one host name must not take each other's Packer for dead.
 *
 * @param pidNamespace what the link /proc/self/ns/pid says on Linux, `pid:[4026531836]`; undefined elsewhere.
 */
export function machineName(hostname: string, pidNamespace: string | undefined): string {
  const [, number] = /^pid:\[(\d+)\]$/.exec(pidNamespace ?? '') ?? [];
  return number === undefined || number === initialNamespace ? hostname : `${hostname}/${number}`;
}

/** PROC_PID_INIT_INO of the Linux kernel (include/linux/proc_ns.h): the namespace outside of all containers. */
const initialNamespace = String(0xeffffffc);
