import { refsOf, type FrameData } from './frame-data.ts'

/** What breaks a frame's promise, a sentence each: every ref that an edge names is in the variables that it leads to. */
export function check({ web, variables, operations }: FrameData): readonly string[] {
  const faults: string[] = []
  for (const [name, { op, calls, inputs, outputs }] of operations) {
    for (const number of calls) if (web.call(number).signature.op !== op) faults.push(`${name} has a call of ${web.call(number).signature.op}`)
    for (const [side, edges] of [['inputs', inputs], ['outputs', outputs]] as const) {
      for (const [label, attached] of edges) {
        for (const variable of attached) {
          const refs = variables.get(variable)
          if (!refs) faults.push(`${name}.${label} leads to ${variable}, which isn't there`)
          else if (![...calls].every((number) => refsOf(web.call(number), label, side).every((ref) => refs.has(ref)))) {
            faults.push(`${variable} lacks ${side} of ${name} under the name ${label}`)
          }
        }
      }
    }
  }
  return faults
}
