import type { LocalSettings } from '../config/local-settings.ts';
import {
  checkOwnPair,
  ensureThrowawayPair,
  type OwnPair,
  type SigningPair,
  throwawayPair,
} from '../instance-store/signing-pair.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import type { OpenRelease } from './open-release.ts';

/** The pair that the user named, by file or environment. */
function ownPair({ certificate, privateKey, places }: LocalSettings): OwnPair | undefined {
  if (certificate === undefined || privateKey === undefined) return undefined;
  const [ofCertificate = certificate, ofKey = privateKey] = [places.certificate, places.privateKey];
  return { certificate, privateKey, places: { certificate: ofCertificate, privateKey: ofKey } };
}

const needsPair = ({ targets }: Pick<ReleasePlan, 'targets'>): boolean =>
  targets.some(({ bundle }) => bundle);

/** The pair of a release: the user's own, or the throwaway one, which may not exist yet. */
const pairOf = ({ local, folder }: Pick<OpenRelease, 'local' | 'folder'>): SigningPair =>
  ownPair(local) ?? throwawayPair(folder);

/** The template's variables by which Packer finds the pair; none if no target of the plan needs one. */
export function signingVariables(
  release: Pick<OpenRelease, 'plan' | 'local' | 'folder'>,
): Record<string, string> {
  if (!needsPair(release.plan)) return {};
  const { certificate, privateKey } = pairOf(release);
  return { x509_cert: certificate, x509_key: privateKey };
}

/**
 * Checks the user's pair, or creates one for the release, if these targets need one.
 *
 * @param warn called for a pair that expires soon.
 * @throws ActionableError (4) if the user's pair cannot be used for a whole run.
 */
export async function ensureSigningPair(
  { local, folder }: Pick<OpenRelease, 'local' | 'folder'>,
  targets: ReleasePlan['targets'],
  warn: (text: string) => void,
): Promise<void> {
  if (!needsPair({ targets })) return;
  const own = ownPair(local);
  if (!own) return ensureThrowawayPair(throwawayPair(folder), Date.now());
  const soon = await checkOwnPair(own, Date.now());
  if (soon !== undefined) warn(soon);
}
