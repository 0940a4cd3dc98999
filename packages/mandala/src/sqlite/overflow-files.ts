import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ContentId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { FindMemory, LoadedValue } from '../store/store.ts'

/** So many bytes tell how a value's bytes go on. */
const START_BYTES = 64
/** What is read at once: Node takes the length as 32 bits. */
const READ_BYTES_MAX = 1 << 30

type Found = Pick<LoadedValue, 'bytes' | 'memory'>

const ID = /^[0-9a-f]{40}$/
const DRAFT = /^[0-9a-f]{40}\.\d+\.\d+\.tmp$/

/** Large values as files, one a content id, written once. */
export class OverflowFiles {
  readonly dir: string

  constructor(dir: string) {
    this.dir = dir
  }

  /** The bytes are on the disk under their final name when this returns, so a row may name them. */
  put(cid: ContentId, bytes: Uint8Array): void {
    try {
      this.#put(cid, bytes)
    } catch (error) {
      throw describeFileError(error, this.dir)
    }
  }

  #put(cid: ContentId, bytes: Uint8Array): void {
    const path = this.#pathOf(cid)
    if (existsSync(path) && statSync(path).size === bytes.length) return
    const draft = `${path}.${process.pid}.${Date.now()}.tmp`
    mkdirSync(dirname(path), { recursive: true })
    try {
      writeSynced(draft, bytes)
    } catch (error) {
      rmSync(draft, { force: true })
      throw error
    }
    renameSync(draft, path)
    syncFolder(dirname(path))
  }

  has(cid: ContentId): boolean {
    return existsSync(this.#pathOf(cid))
  }

  find(cid: ContentId, findMemory?: FindMemory): Found | undefined {
    const path = this.#pathOf(cid)
    try {
      return readApart(path, findMemory)
    } catch (cause) {
      if ((cause as { code?: string }).code === 'ENOENT') return undefined
      throw new MandalaError('STORE_UNREADABLE', `${path} can't be read`, { hint: 'check its permissions, and the disk', cause })
    }
  }

  drop(cid: ContentId): void {
    rmSync(this.#pathOf(cid), { force: true })
  }

  dropDraft(path: string): void {
    rmSync(path, { force: true })
  }

  /** Ids of all files, and the paths of drafts that a killed process left behind; what else lies there is somebody else's. */
  list(): { readonly cids: readonly ContentId[]; readonly drafts: readonly string[] } {
    if (!existsSync(this.dir)) return { cids: [], drafts: [] }
    const files = readdirSync(this.dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return {
      cids: files.filter(({ name, parentPath }) => ID.test(name) && join(parentPath, name) === this.#pathOf(name as ContentId)).map(({ name }) => name as ContentId),
      drafts: files.filter(({ name }) => DRAFT.test(name)).map(({ parentPath, name }) => join(parentPath, name)),
    }
  }

  #pathOf(cid: ContentId): string {
    return join(this.dir, cid.slice(0, 2), cid)
  }
}

function readApart(path: string, findMemory: FindMemory | undefined): Found {
  const file = openSync(path, 'r')
  try {
    const length = fstatSync(file).size
    const start = findMemory && readPart(file, 0, Math.min(length, START_BYTES))
    const at = start && findMemory(start, length)
    return at === undefined ? { bytes: readPart(file, 0, length) } : { bytes: start?.subarray(0, at), memory: readPart(file, at, length).buffer }
  } finally {
    closeSync(file)
  }
}

/** Into memory of its own, and no more of it than there is. */
function readPart(file: number, from: number, to: number): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.allocUnsafeSlow(to - from)
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, Math.min(bytes.length - done, READ_BYTES_MAX), from + done)
    if (count === 0) throw new RangeError('the file ends early')
    done += count
  }
  return bytes
}

/** Makes a rename survive a power failure, where the platform can open folders. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function describeFileError(error: unknown, dir: string): unknown {
  switch ((error as { code?: string }).code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new MandalaError('STORE_FULL', `${dir} can't grow: no space left`, {
        hint: 'free some disk space and run again: nothing stored before is lost', cause: error, retryable: true,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new MandalaError('STORE_READ_ONLY', `${dir} can't be written to`, { hint: 'check its permissions', cause: error })
    default: return error
  }
}
