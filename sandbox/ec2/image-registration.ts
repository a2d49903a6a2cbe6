import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { newId } from '../model/identifiers.ts';
import type { BlockDevice, ImageRecord } from '../model/records.ts';
import { snapshotState } from '../state/lifecycle.ts';
import { mergeDevices, refuseEncryption } from './block-devices.ts';
import { bundleAt } from './image-bundles.ts';
import { checkImageDescription, checkNewImageName } from './image-names.ts';
import { putImage } from './image-records.ts';
import { nobody } from './permissions.ts';
import { ownSnapshot } from './snapshots.ts';
import { addTags, readTagSpecifications } from './tag-set.ts';

const architectures = ['i386', 'x86_64', 'arm64'];

/** The source of a registered image: its location, its platform and its devices. */
type Source = Pick<
  ImageRecord,
  'location' | 'architecture' | 'rootDeviceName' | 'rootDeviceType' | 'devices'
>;

/** An image from completed snapshots. */
const fromSnapshots = (context: Context, input: RegisterImageRequest): Source => {
  const { Name = '', RootDeviceName } = input;
  if (!RootDeviceName) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter RootDeviceName');
  }
  refuseEncryption(input.BlockDeviceMappings, () => false);
  const devices = mergeDevices(context, [], input.BlockDeviceMappings);
  const root = devices.find(({ device }) => device === RootDeviceName)?.ebs?.snapshot;
  if (!root) {
    throw new AwsError('InvalidBlockDeviceMapping', `The root device ${RootDeviceName} names no snapshot`);
  }
  checkSnapshots(context, devices);
  return {
    location: `${context.account}/${Name}`,
    architecture: oneOf(input.Architecture, architectures, 'i386'),
    rootDeviceName: RootDeviceName,
    devices,
  };
};

const checkSnapshots = (context: Context, devices: BlockDevice[]): void => {
  for (const { ebs } of devices) {
    if (!ebs?.snapshot) continue;
    const state = snapshotState(ownSnapshot(context, ebs.snapshot), context.now);
    if (state !== 'completed') {
      throw new AwsError('IncorrectState', `The snapshot ${ebs.snapshot} is ${state}, not completed.`);
    }
  }
};

/**
 * An image from a bundle in S3: the manifest gives its architecture, and its root is on instance-store (RegisterImage,
 * `ImageLocation`).
 */
const fromBundle = (context: Context, location: string, input: RegisterImageRequest): Source => {
  if (input.BlockDeviceMappings?.some(({ Ebs }) => Ebs)) {
    throw new AwsError(
      'InvalidBlockDeviceMapping',
      'An image of a bundle has no volumes. Name virtual devices, such as ephemeral0, or none.',
    );
  }
  const { architecture, rootDevice } = bundleAt(context, location);
  if (oneOf(input.Architecture, architectures, architecture) !== architecture) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${input.Architecture}) for parameter architecture is invalid. The manifest says ${architecture}.`,
    );
  }
  return {
    location,
    architecture,
    rootDeviceName: input.RootDeviceName ?? rootDevice ?? '/dev/sda1',
    rootDeviceType: 'instance-store',
    devices: mergeDevices(context, [], input.BlockDeviceMappings),
  };
};

export const imageRegistrationOperations: Record<string, Operation> = {
  RegisterImage: operation<RegisterImageRequest, RegisterImageResult>(
    [
      'Name',
      'Description',
      'Architecture',
      'VirtualizationType',
      'RootDeviceName',
      'BlockDeviceMappings',
      'EnaSupport',
      'SriovNetSupport',
      'ImageLocation',
      'TagSpecifications',
      'BootMode',
      'ImdsSupport',
      'TpmSupport',
      'UefiData',
    ],
    (context, input) => {
      const { Name = '', Description = '', ImageLocation } = input;
      checkNewImageName(context, Name);
      checkImageDescription(Description);
      const tags = readTagSpecifications(input.TagSpecifications, ['image']);
      const source =
        ImageLocation === undefined
          ? fromSnapshots(context, input)
          : fromBundle(context, ImageLocation, input);
      const virtualization = oneOf(input.VirtualizationType, ['paravirtual', 'hvm'], 'paravirtual');
      if (source.architecture === 'arm64' && virtualization !== 'hvm') {
        throw new AwsError(
          'InvalidParameterCombination',
          `The architecture arm64 is not supported with the virtualization type ${virtualization}.`,
        );
      }
      const id = newId('ami');
      putImage(context, {
        ...source,
        id,
        owner: context.account,
        name: Name,
        description: Description,
        createdAt: context.now.toISOString(),
        state: 'available',
        virtualization,
        ...bootOf(input, source.architecture),
        enaSupport: input.EnaSupport ?? false,
        ...(input.SriovNetSupport === undefined ? {} : { sriovNetSupport: input.SriovNetSupport }),
        permissions: nobody,
      });
      addTags(context, id, tags.image);
      return { ImageId: id };
    },
  ),
};

/**
 * How an image boots, and its boot features. arm64 boots only by UEFI ("Instance launch behavior with EC2 boot modes");
 * NitroTPM and UEFI variables need UEFI ("NitroTPM", RegisterImage).
 */
const bootOf = (
  { BootMode, ImdsSupport, TpmSupport, UefiData }: RegisterImageRequest,
  architecture: string,
): Pick<ImageRecord, 'bootMode' | 'imdsSupport' | 'tpmSupport' | 'uefiData'> => {
  const bootMode = BootMode && oneOf(BootMode, bootModes, '');
  const imdsSupport = ImdsSupport && oneOf(ImdsSupport, ['v2.0'], '');
  const tpmSupport = TpmSupport && oneOf(TpmSupport, ['v2.0'], '');
  const refuse = (what: string): never => {
    throw new AwsError('InvalidParameterCombination', what);
  };
  if (architecture === 'arm64' && bootMode !== undefined && bootMode !== 'uefi') {
    refuse(`The boot mode ${bootMode} is not supported with the architecture arm64.`);
  }
  if (tpmSupport && bootMode !== 'uefi') refuse('NitroTPM is supported with the boot mode uefi only.');
  if (UefiData && bootMode !== 'uefi' && bootMode !== 'uefi-preferred') {
    refuse('UEFI data is supported with the boot modes uefi and uefi-preferred only.');
  }
  if (UefiData && (UefiData.length > mostUefiData || !/^[A-Za-z0-9+/]+={0,2}$/.test(UefiData))) {
    throw new AwsError('InvalidParameterValue', 'The UEFI data is not valid.');
  }
  return {
    ...(bootMode ? { bootMode } : {}),
    ...(imdsSupport ? { imdsSupport } : {}),
    ...(tpmSupport ? { tpmSupport } : {}),
    ...(UefiData ? { uefiData: UefiData } : {}),
  };
};

const bootModes = ['legacy-bios', 'uefi', 'uefi-preferred'];
/** Characters (RegisterImage, `UefiData`). */
const mostUefiData = 64_000;

const oneOf = (value: string | undefined, values: string[], otherwise: string): string => {
  if (value === undefined) return otherwise;
  if (values.includes(value)) return value;
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${value}) is invalid. Expected ${values.join(' or ')}.`,
  );
};
