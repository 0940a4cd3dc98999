import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Option, type Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { renderDot } from '../render/dot.ts'
import type { FrameGraph } from '../render/frame-graph.ts'
import { count, renderFrameText } from '../render/frame-text.ts'
import { renderMermaid } from '../render/mermaid.ts'
import { renderSvg } from '../render/svg.ts'
import type { Storage } from '../storage/storage.ts'
import { addStoreCommand, answer, toCount, type StoreOptions } from './command.ts'

const FORMATS: Readonly<Record<string, (graph: FrameGraph) => string | Promise<string>>> = {
  text: renderFrameText,
  svg: (graph) => renderSvg(renderDot(graph)),
  dot: renderDot,
  mermaid: renderMermaid,
}
const ENDINGS: Readonly<Record<string, string>> = { '.svg': 'svg', '.dot': 'dot', '.gv': 'dot', '.mmd': 'mermaid', '.mermaid': 'mermaid', '.txt': 'text' }

const CALLS = 1_000
const DEPTH = 20

interface GraphOptions extends StoreOptions {
  readonly format?: string
  readonly output?: string
  readonly calls?: number
  readonly depth?: number
  readonly forward?: boolean
}

/** `mandala graph`: a picture of calls and what they are tied by. */
export function addGraph(program: Command): void {
  addStoreCommand(program, {
    name: 'graph', description: 'draw how calls are tied to each other: of a store, of an op, or around a call or a value',
    example: ['mandala graph', 'mandala graph score -o score.svg'],
  })
    .argument('[what]', 'an op, or the id of a call or a ref (default: the whole store)')
    .addOption(new Option('--format <format>', 'what is drawn (default: by the ending of the file, or text)').choices(Object.keys(FORMATS)))
    .option('-o, --output <file>', 'write it to a file')
    .option('--calls <n>', `of an op or a store, the latest so many calls (default: ${CALLS})`, toCount)
    .option('--depth <n>', `how many calls deep their origin is followed (default: ${DEPTH})`, toCount)
    .option('--forward', 'also what was computed from them')
    .action((what: string | undefined, { format, output, ...options }: GraphOptions) => answer(options, async ({ storage }) => {
      const { graph, notice } = await readGraph(storage, what, options)
      const chosen = format ?? (output === undefined ? 'text' : formatOf(output))
      const drawing = (await (FORMATS[chosen] as (typeof FORMATS)[string])(graph)).trimEnd()
      if (output === undefined) return { data: graph, text: drawing, notice }
      write(output, drawing)
      const size = `${count(graph.variables.length, 'variable')}, ${count(graph.operations.length, 'operation')}`
      return { data: { file: output, format: chosen }, text: `${output}: ${size}`, notice }
    }))
}

async function readGraph(
  storage: Storage, what: string | undefined, { calls: latest = CALLS, depth = DEPTH, forward }: GraphOptions,
): Promise<{ readonly graph: FrameGraph; readonly notice: string | undefined }> {
  const ops = (await storage.ops()).filter(({ name }) => what === undefined || name === what)
  const isId = what !== undefined && ops.length === 0 && /^[0-9a-f]{4,}$/i.test(what)
  const source = isId ? await storage.find(what) : await storage.calls(what, { latest })
  const back = await storage.cf(source).expandBack({ depth })
  const frame = forward ? await back.expandForward({ depth }) : back
  const total = ops.reduce((sum, { calls }) => sum + calls, 0)
  const notice = `of the latest ${latest === 1 ? 'call' : count(latest, 'call')} of ${total.toLocaleString('en-US')}: --calls takes more`
  return { graph: frame.graph(), notice: !isId && total > latest ? notice : undefined }
}

function formatOf(file: string): string {
  const format = ENDINGS[extname(file).toLowerCase()]
  if (format !== undefined) return format
  throw new MandalaError('OPTION_INVALID', `mandala graph: ${file} is no drawing that it makes`, {
    hint: `let the file end in ${Object.keys(ENDINGS).join(', ')}, or give a --format`,
  })
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`)
  } catch (cause) {
    throw new MandalaError('OPTION_INVALID', `mandala graph: ${file} can't be written: ${(cause as Error).message}`, { hint: 'give another file', cause })
  }
}
