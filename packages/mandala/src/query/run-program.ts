import { state, Variable, type CallVersion, type Fallback, type Label } from '../model/variable.ts'
import { Q } from '../model/q.ts'
import type { Line, Program } from '../render/pattern-text.ts'

/** What a program means by an op is up to the ops that there are where it runs. */
export interface ProgramOps {
  /** The calls that are meant by a version number, or by none. */
  chooseVersion(op: string, version: number | undefined): CallVersion
  findFallback(op: string, input: string): Fallback | undefined
}

/** Says what a program says, and gives the variables that it selects. */
export function runProgram({ lines, columns }: Program, ops: ProgramOps): Readonly<Record<string, Variable<any>>> {
  const variables = new Map<string, Variable<any>>()
  const get = (name: string): Variable<any> => {
    let variable = variables.get(name)
    if (!variable) variables.set(name, (variable = Q()))
    return variable
  }
  for (const line of lines) runLine(line, { variables, get, ops })
  return Object.fromEntries(columns.map(({ name, variable }) => [name, get(variable)]))
}

interface Scope {
  readonly variables: Map<string, Variable<any>>
  readonly get: (name: string) => Variable<any>
  readonly ops: ProgramOps
}

function runLine(line: Line, { variables, get, ops }: Scope): void {
  switch (line.kind) {
    case 'free': get(line.name); break
    case 'element': variables.set(line.name, get(line.collection).at(line.key === undefined ? undefined : get(line.key))); break
    case 'collection': {
      const elements = line.elements.map(({ name }) => get(name))
      const at = line.elements.map(({ key }) => (key === undefined ? undefined : get(key)))
      variables.set(line.name, line.of === 'set' ? Q.set(elements) : line.of === 'list' ? Q.list(elements, { at }) : Q.dict(elements, { at }))
      break
    }
    case 'call': {
      const inputs = line.inputs.map(({ label, name }) => (
        { label: { kind: 'named', name: label } as const, variable: get(name as string), fallback: ops.findFallback(line.op, label) }))
      const labelOf = (name: string): Label => (line.form === 'single' ? { kind: 'only' } : { kind: 'named', name })
      const outputs = line.outputs.flatMap(({ label, name }) => (name === undefined ? [] : [{ label: labelOf(label), variable: get(name) }]))
      state({ kind: 'call', op: line.op, version: ops.chooseVersion(line.op, line.version), inputs, outputs })
    }
  }
}
