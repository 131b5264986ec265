/** By architecture as Node names it: as the kernel's filters do, and where in the table below its numbers stand. */
const architectures: Readonly<Record<string, { readonly audit: number; readonly column: 0 | 1 }>> = {
  x64: { audit: 0xc000003e, column: 0 },
  arm64: { audit: 0xc00000b7, column: 1 },
};

/**
 * Calls that tools have no use for: those that flaws of the kernel were most often found in, and those that make memory that belongs to no process,
 * which no limit would count. The last ones have one number everywhere.
 */
const refused: Readonly<Record<string, readonly [number, number]>> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  unshare: [272, 97],
  setns: [308, 268],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  fanotify_init: [300, 262],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  syslog: [103, 116],
  acct: [163, 89],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  kexec_load: [246, 104],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  memfd_create: [319, 279],
  shmget: [29, 194],
  shmat: [30, 196],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  pidfd_getfd: [438, 438],
  mount_setattr: [442, 442],
  memfd_secret: [447, 447],
};

const clone = [56, 220] as const;
const clone3 = 435;
const socket = [41, 198] as const;
/** Namespaces of any kind, the one of time excepted, which clone cannot make. */
const namespaceFlags = 0x7e020000;
/** Local, IPv4, IPv6, and what resolvers ask for addresses by. Others, such as vsock, know no network namespaces. */
const families = [1, 2, 10, 16];

const errors = { notPermitted: 1, notImplemented: 38, noSuchFamily: 97 };
const at = { number: 0, architecture: 4, firstArgument: 16 };
const code = { load: 0x20, jumpIfEqual: 0x15, jumpIfAtLeast: 0x35, jumpIfAnyBit: 0x45, give: 0x06 };
const give = { kill: 0x80000000, allow: 0x7fff0000, error: 0x00050000 };
/** Numbers of another convention of the same machine. */
const x32 = 0x40000000;

type Line = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** The calls of the kernel that a jail has, as bwrap loads it; null for machines whose numbers are not known here. */
export function systemCallFilter(architecture: string = process.arch): Buffer | null {
  const known = architectures[architecture];
  if (known === undefined) return null;
  const { audit, column } = known;
  const lines: Line[] = [
    [code.load, 0, 0, at.architecture],
    [code.jumpIfEqual, 1, 0, audit],
    [code.give, 0, 0, give.kill],
    [code.load, 0, 0, at.number],
    ...answer([code.jumpIfAtLeast, 0, 1, x32], errors.notImplemented),
    ...Object.values(refused).flatMap(numbers => answer([code.jumpIfEqual, 0, 1, numbers[column]], errors.notPermitted)),
    // Its flags stand in memory, where no filter looks; libraries then take the older call.
    ...answer([code.jumpIfEqual, 0, 1, clone3], errors.notImplemented),
    [code.jumpIfEqual, 0, 3, clone[column]],
    [code.load, 0, 0, at.firstArgument],
    ...answer([code.jumpIfAnyBit, 0, 1, namespaceFlags], errors.notPermitted),
    [code.load, 0, 0, at.number],
    [code.jumpIfEqual, 0, families.length + 2, socket[column]],
    [code.load, 0, 0, at.firstArgument],
    ...families.map((family, index): Line => [code.jumpIfEqual, families.length - index, 0, family]),
    [code.give, 0, 0, give.error + errors.noSuchFamily],
    [code.give, 0, 0, give.allow],
  ];
  return Buffer.concat(lines.map(encode));
}

function answer(condition: Line, error: number): readonly Line[] {
  return [condition, [code.give, 0, 0, give.error + error]];
}

/** One struct sock_filter. */
function encode([operation, ifTrue, ifFalse, value]: Line): Buffer {
  const line = Buffer.alloc(8);
  line.writeUInt16LE(operation, 0);
  line.writeUInt8(ifTrue, 2);
  line.writeUInt8(ifFalse, 3);
  line.writeUInt32LE(value, 4);
  return line;
}
