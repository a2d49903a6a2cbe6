/**
 * This machine's name, as in the builders' tags and in locks: `web@223a7912`. A process id is only valid in its PID namespace,
 * so a container adds the namespace, `web/4026532201@223a7912`; and until the machine restarts, so the boot is added: two
 * containers, or two CI runners, with the same host name must not consider each other's processes dead.
 *
 * @param pidNamespace the target of the link /proc/self/ns/pid on Linux, `pid:[4026531836]`; undefined elsewhere.
 * @param boot from `bootId`; undefined if the system has none.
 */
export function machineName(
  hostname: string,
  pidNamespace: string | undefined,
  boot: string | undefined,
): string {
  const [, number] = /^pid:\[(\d+)\]$/.exec(pidNamespace ?? '') ?? [];
  const name = number === undefined || number === initialNamespace ? hostname : `${hostname}/${number}`;
  const [, digits] = /^([0-9a-f]{8})[0-9a-f-]*$/i.exec(boot?.trim() ?? '') ?? [];
  return digits === undefined ? name : `${name}@${digits.toLowerCase()}`;
}

/** PROC_PID_INIT_INO of the Linux kernel (include/linux/proc_ns.h): the namespace outside all containers. */
const initialNamespace = String(0xeffffffc);

/** A name without its boot: the machine restarted, or another one has its name. */
export const withoutBoot = (name: string): string => name.replace(/@[0-9a-f]{8}$/, '');

/**
 * Whether a name, in a tag or a lock, is this machine's since its last restart. Earlier versions of gopackgo wrote names
 * without a boot, which are compared by name alone.
 */
export const isSameMachine = (name: string, mine: string): boolean =>
  name === mine || name === withoutBoot(mine);

/** Whether both names belong to one running kernel: this machine and its containers. False if one has no boot. */
export function isSameBoot(one: string, other: string): boolean {
  const [boot] = /@[0-9a-f]{8}$/.exec(one) ?? [];
  return boot !== undefined && other.endsWith(boot);
}
