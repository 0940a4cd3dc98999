import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import type { TagValue } from '../model/notes.ts'
import { renderColumns } from '../render/columns.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala tag`: says something of a call or a ref, or shows what was said. */
export function addTag(program: Command): void {
  addStoreCommand(program, {
    name: 'tag', description: 'tag a call or a ref, to find it again; without tags, show those that it has', example: 'mandala tag 7a4d2fa0 stage=final keep=true',
  })
    .argument('<id>', 'of a call or a ref')
    .argument('[tags...]', 'name=value: JSON, or else a text; name= takes it away')
    .action((id: string, given: readonly string[], options: StoreOptions) => answer(options, async ({ storage }) => {
      const { hid } = await storage.find(id)
      if (given.length > 0) await storage.tag(hid, Object.fromEntries(given.map(readTag)))
      const tags = await storage.tags(hid)
      const rows = Object.entries(tags).map(([name, value]) => [name, JSON.stringify(value)])
      return { data: tags, text: rows.length === 0 ? 'no tags' : renderColumns(['tag', 'value'], rows) }
    }))
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
