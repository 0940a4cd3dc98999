import type { FrameEdge, FrameGraph } from './frame-graph.ts'
import { printable } from './printable.ts'

/** What an output is called that its op doesn't name. */
const UNNAMED = 'output'

/** A frame as a program: a line for each operation, with the number of its calls. Names that differ from a variable's are put before it. */
export function renderFrameText({ variables, operations, edges }: FrameGraph): string {
  const refs = variables.reduce((sum, variable) => sum + variable.refs, 0)
  const calls = operations.reduce((sum, operation) => sum + operation.calls, 0)
  const [nodes, elements] = [`${count(variables.length, 'variable')} (${count(refs, 'ref')})`, `${count(operations.length, 'operation')} (${count(calls, 'call')})`]
  const head = `ComputationFrame with ${nodes} and ${elements}`
  const alone = variables.filter(({ name }) => !edges.some(({ variable }) => variable === name))
  const lines: (readonly [text: string, count: string])[] = alone.map(({ name, refs: n }) => [name, count(n, 'ref')])
  for (const { name, op, calls: n } of operations) {
    const [inputs, outputs] = (['input', 'output'] as const).map((side) => edges.filter((edge) => edge.operation === name && edge.side === side))
    lines.push([renderOperation({ name, op, inputs: inputs ?? [], outputs: outputs ?? [] }), count(n, 'call')])
  }
  const shown = lines.map(([text, n]) => [printable(text), n] as const)
  const width = shown.reduce((max, [text]) => Math.max(max, text.length), 0)
  return [head, ...shown.map(([text, n]) => `  ${text.padEnd(width)}  ${n}`)].join('\n')
}

interface Line {
  readonly name: string
  readonly op: string
  readonly inputs: readonly FrameEdge[]
  readonly outputs: readonly FrameEdge[]
}

/** Collections are put together and taken apart as in TypeScript: `all = [...scores]`, `mail = mails[i]`. */
function renderOperation({ name, op, inputs, outputs }: Line): string {
  const isBuiltIn = BUILT_IN.test(op)
  const given = isBuiltIn ? outputs.map(({ variable }) => variable).join(' | ') : renderSide(outputs)
  const at = (...labels: string[]): string => inputs.filter(({ label }) => labels.includes(label)).map(({ variable }) => variable).join(' | ') || '…'
  const taken = (): string => {
    switch (op) {
      case '__make_list__': return `[...${at('elts')}]`
      case '__make_set__': return `new Set(${at('elts')})`
      case '__make_dict__': return `{ ${renderSide(inputs)} }`
      case '__list_getitem__': return `${at('list')}[${at('i')}]`
      case '__dict_getitem__': return `${at('dict')}[${at('key')}]`
      case '__set_getitem__': return `[...${at('set')}][${at('i')}]`
      default: return `${name}(${renderSide(inputs)})`
    }
  }
  return given === '' ? taken() : `${given} = ${taken()}`
}

const BUILT_IN = /^__(make|list|dict|set)_\w+__$/

function renderSide(edges: readonly FrameEdge[]): string {
  return Array.from(Map.groupBy(edges, ({ label }) => label), ([label, ofLabel]) => {
    const names = ofLabel.map(({ variable }) => variable).join(' | ')
    return names === label || label === UNNAMED ? names : `${label}: ${names}`
  }).join(', ')
}

export function count(n: number, what: string): string {
  return `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`
}
