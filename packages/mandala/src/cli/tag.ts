import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import { renderColumns } from '../render/columns.ts'
import type { Storage } from '../storage/storage.ts'
import { addStoreCommand, answer, type Answer, type StoreOptions } from './command.ts'

interface TagOptions extends StoreOptions {
  readonly find?: boolean
}

/** `mandala tag`: says something of a call or a ref, shows what was said, or finds what it was said of. */
export function addTag(program: Command): void {
  addStoreCommand(program, {
    name: 'tag', description: 'tag a call or a ref; without tags, show those that it has; or find what is tagged so',
    example: ['mandala tag 7a4d2fa0 stage=final keep=true', 'mandala tag --find stage=final'],
  })
    .argument('[id or tags...]', 'the id of a call or a ref; then name=value: JSON, or else a text; name= takes it away')
    .option('--find', 'list the calls and refs that have all of these tags')
    .action((given: readonly string[], { find, ...options }: TagOptions) => answer(options, ({ storage }) => (find ? findTagged(storage, given) : tag(storage, given))))
}

async function tag(storage: Storage, [id, ...given]: readonly string[]): Promise<Answer> {
  if (id === undefined) throw new MandalaError('INPUT_INVALID', 'mandala tag: of what?', { hint: 'give the id of a call or a ref, as mandala ls <op> lists them' })
  const { hid } = await storage.find(id)
  if (given.length > 0) await storage.tag(hid, Object.fromEntries(given.map(readTag)))
  const tags = await storage.tags(hid)
  const rows = Object.entries(tags).map(([name, value]) => [name, JSON.stringify(value)])
  return { data: tags, text: rows.length === 0 ? 'no tags' : renderColumns(['tag', 'value'], rows) }
}

async function findTagged(storage: Storage, given: readonly string[]): Promise<Answer> {
  const { calls, refs } = await storage.tagged(Object.fromEntries(given.map(readTag)) as Tags)
  const found = [...calls.map(({ hid, op }) => ({ kind: 'call', hid, op })), ...refs.map(({ hid }) => ({ kind: 'ref', hid, op: '' }))]
  const text = renderColumns(['kind', 'id', 'op'], found.map(({ kind, hid, op }) => [kind, hid.slice(0, 8), op]), { ids: ['id'] })
  return { data: found, text: found.length === 0 ? 'nothing is tagged so' : text, isNo: found.length === 0 }
}

function readTag(given: string): [name: string, value: TagValue | null] {
  const at = given.indexOf('=')
  if (at < 1) throw new MandalaError('INPUT_INVALID', `"${given}" is no tag`, { hint: 'write name=value: stage=final' })
  const text = given.slice(at + 1)
  return [given.slice(0, at), text === '' ? null : readValue(text)]
}

function readValue(text: string): TagValue {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? text : (value as TagValue)
  } catch {
    return text
  }
}
