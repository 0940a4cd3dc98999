import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { MandalaError } from '../base/mandala-error.ts'
import { renderBytes } from '../render/units.ts'
import { describeFile, type StoreFile } from '../sqlite/describe-file.ts'

/** What a look at one thing came to. */
export interface Diagnosis {
  readonly verdict: 'ok' | 'warning' | 'problem'
  readonly subject: string
  readonly text: string
  /** The next step, where something is to be done. */
  readonly hint?: string
}

export const ok = (subject: string, text: string): Diagnosis => ({ verdict: 'ok', subject, text })
export const warning = (subject: string, text: string, hint: string): Diagnosis => ({ verdict: 'warning', subject, text, hint })
export const problem = (subject: string, text: string, hint: string): Diagnosis => ({ verdict: 'problem', subject, text, hint })

const MB = 1e6
/** Below it a run may soon find no space; a store needs some to give space back. */
const FREE_BYTES_LOW = 1_000 * MB
const FREE_BYTES_MIN = 50 * MB
/** A log grows so large only where something keeps it from being taken into the file. */
const LOG_BYTES_MAX = 200 * MB
const UNUSED_BYTES_MAX = 100 * MB

/** File systems by what Linux calls them: those on which SQLite's locks can't be trusted, or that don't last. */
const REMOTE: Readonly<Record<number, string>> = {
  0x6969: 'NFS', 0x517b: 'SMB', 0xfe534d42: 'SMB', 0xff534d42: 'CIFS', 0x01021997: '9p', 0x5346414f: 'AFS', 0x00c36400: 'Ceph', 0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS', 0x65735546: 'FUSE (sshfs, rclone and their kin)',
}
const LOCAL: Readonly<Record<number, string>> = { 0xef53: 'ext', 0x58465342: 'XFS', 0x9123683e: 'Btrfs', 0x2fc12fc1: 'ZFS', 0x794c7630: 'overlay', 0xf2f52010: 'F2FS' }
const IN_MEMORY: Readonly<Record<number, string>> = { 0x01021994: 'tmpfs', 0x858458f6: 'ramfs' }

/** What runs this. */
export function examineNode(): readonly Diagnosis[] {
  const { node, sqlite } = process.versions
  const { typescript } = process.features as { readonly typescript?: false | string }
  return [
    // The library doesn't load on any other.
    ok('Node', `${node}, which is supported`),
    ok('SQLite', `${sqlite}, in node:sqlite`),
    typescript ? ok('TypeScript', `Node runs it (${typescript})`) : warning('TypeScript', 'Node does not run it', 'start without --no-strip-types, or compile first'),
  ]
}

/** A store's file and where it lies; nothing is written to it. */
export function examineStore(path: string): readonly Diagnosis[] {
  if (!existsSync(path)) return [warning('store', `${path} is not there yet`, 'the first run makes it; or check the path')]
  try {
    return [...examineFile(path, describeFile(path)), ...examineFileSystem(path)]
  } catch (error) {
    if (!(error instanceof MandalaError)) throw error
    return [describeRefusal('store', error), ...examineFileSystem(path)]
  }
}

export function describeRefusal(subject: string, { message, hint }: MandalaError): Diagnosis {
  return problem(subject, message.split('\n  → ')[0] as string, hint)
}

function examineFile(path: string, file: StoreFile): readonly Diagnosis[] {
  if (!file.isOurs) return [problem('store', `${path} is not a mandala store`, 'give another path: the file was left untouched')]
  const { journalMode, isWritable } = file
  return [
    ok('store', path), examineFormat(file), examineSize(file),
    journalMode === 'wal'
      ? ok('journal', 'wal')
      : warning('journal', `${journalMode}: another tool changed it, and processes wait for each other`, 'sqlite3 <file> "PRAGMA journal_mode = wal"'),
    isWritable
      ? ok('access', 'may be written to')
      : warning('access', 'may only be read: calls are found, and none is stored', 'check the permissions of the file and its folder'),
  ]
}

function examineFormat({ format, newestFormat }: StoreFile): Diagnosis {
  if (format > newestFormat) return problem('format', `${format}; this release knows formats up to ${newestFormat}`, 'update mandala-ts')
  return ok('format', format === newestFormat ? String(format) : `${format}, which becomes ${newestFormat} when the store is next opened`)
}

function examineSize({ bytes, logBytes, freeBytes }: StoreFile): Diagnosis {
  const size = `${renderBytes(bytes)}, ${renderBytes(freeBytes)} of it unused; log ${renderBytes(logBytes)}`
  if (logBytes > LOG_BYTES_MAX) {
    return warning('size', size, 'a process that reads without end keeps the log from being taken in: end it, then open and close the store')
  }
  return freeBytes > UNUSED_BYTES_MAX ? warning('size', size, 'storage.gc() gives it back') : ok('size', size)
}

function examineFileSystem(path: string): readonly Diagnosis[] {
  const { type, bavail, bsize } = statfsSync(dirname(path))
  return [...(process.platform === 'linux' ? [examineType(type)] : []), examineSpace(bavail * bsize)]
}

function examineType(type: number): Diagnosis {
  const subject = 'file system'
  const remote = REMOTE[type]
  if (remote !== undefined) {
    const hint = 'keep the store on a disk of this machine; copies of it may lie anywhere'
    return warning(subject, `${remote}: writers on several machines, and on some of these in several processes, would damage the store`, hint)
  }
  const passing = IN_MEMORY[type]
  if (passing !== undefined) return warning(subject, `${passing}: gone when the machine restarts`, 'keep the store on a disk')
  return ok(subject, LOCAL[type] ?? `no known network file system (0x${type.toString(16)})`)
}

function examineSpace(bytes: number): Diagnosis {
  const text = `${renderBytes(bytes)} free`
  if (bytes >= FREE_BYTES_LOW) return ok('disk', text)
  return (bytes < FREE_BYTES_MIN ? problem : warning)('disk', text, 'free some: what is stored is kept, and no more can be stored where there is none')
}
