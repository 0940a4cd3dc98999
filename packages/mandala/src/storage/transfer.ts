import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { aText, expectInput } from '../base/expect.ts'
import type { CallHistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { copyCalls, type Copied } from '../inspect/copy-calls.ts'
import type { Memo } from '../memo/memo.ts'
import { SqliteStore } from '../sqlite/sqlite-store.ts'

/** A bundle is a store with nothing beside it. */
const openBundle = (path: string): SqliteStore => new SqliteStore({ path, overflow: undefined })

/** Writes a bundle whole or not at all. */
export async function exportCalls({ store, queue }: Memo, path: string, hids: readonly CallHistoryId[] | undefined): Promise<Copied> {
  expectInput('storage.export', path, aText("give the path of a file that isn't there yet"))
  if (existsSync(path)) throw new MandalaError('INPUT_INVALID', `storage.export: there is a file ${path}`, { hint: 'give another path, or move that one away' })
  await queue.flush()
  const unfinished = `${path}.${process.pid}.unfinished`
  rmSync(unfinished, { force: true })
  const bundle = openBundle(unfinished)
  try {
    const copied = await copyCalls(store.stored, bundle, hids)
    bundle.close()
    renameSync(unfinished, path)
    return copied
  } finally {
    bundle.close()
    for (const ending of ['', '-wal', '-shm']) rmSync(unfinished + ending, { force: true })
  }
}

/** Takes in another store, or a bundle. */
export async function importCalls(memo: Memo, { path, own }: { readonly path: string; readonly own: string }): Promise<Copied> {
  expectInput('storage.import', path, aText('give the path of a bundle or of another store'))
  if (!existsSync(path)) throw new MandalaError('NOT_FOUND', `storage.import: there is no file ${path}`, { hint: `paths are seen from ${process.cwd()}` })
  if (existsSync(own) && realpathSync(path) === realpathSync(own)) {
    throw new MandalaError('INPUT_INVALID', `storage.import: ${path} is this very store`, { hint: 'give the path of another one' })
  }
  await memo.queue.flush()
  const files = `${path}.values`
  const from = new SqliteStore({ path, overflow: existsSync(files) ? { dir: files, bytesMin: Infinity } : undefined })
  try {
    return await copyCalls(from, memo.store.stored, undefined)
  } finally {
    from.close()
    memo.forget()
    await memo.store.followNames()
  }
}
