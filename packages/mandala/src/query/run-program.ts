import { state, Variable, type Label } from '../model/variable.ts'
import { Q } from '../model/q.ts'
import type { Line, Program } from '../render/pattern-text.ts'

/** Says what a program says, and gives the variables that it selects. */
export function runProgram({ lines, columns }: Program): Readonly<Record<string, Variable<any>>> {
  const variables = new Map<string, Variable<any>>()
  const get = (name: string): Variable<any> => {
    let variable = variables.get(name)
    if (!variable) variables.set(name, (variable = Q()))
    return variable
  }
  for (const line of lines) runLine(line, variables, get)
  return Object.fromEntries(columns.map(({ name, variable }) => [name, get(variable)]))
}

function runLine(line: Line, variables: Map<string, Variable<any>>, get: (name: string) => Variable<any>): void {
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
      const inputs = line.inputs.map(({ label, name }) => ({ label: { kind: 'named', name: label } as const, variable: get(name as string) }))
      const labelOf = (name: string): Label => (line.form === 'single' ? { kind: 'only' } : { kind: 'named', name })
      const outputs = line.outputs.flatMap(({ label, name }) => (name === undefined ? [] : [{ label: labelOf(label), variable: get(name) }]))
      state({ kind: 'call', op: line.op, version: line.version ?? 0, inputs, outputs })
    }
  }
}
