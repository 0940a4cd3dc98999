import { MandalaError } from '../base/mandala-error.ts'
import type { Names } from '../model/names.ts'
import type { OpDefinition, StoredIdentity } from './definition.ts'

/**
 * An op as its calls' ids know it.
 * @throws MandalaError `OP_NAME_TAKEN`, `INPUT_NAME_TAKEN` where it can't be told what a name means, since others had it before a renaming.
 */
export function identifyOp(op: OpDefinition, names: Names): StoredIdentity {
  const name = names.storedOp(op.name)
  if (!names.hasInputsOf(name)) return { name, version: op.version }
  const inputName = (input: string): string => names.storedInput(name, input)
  const known = new Map<string, string>()
  const { parameters } = op
  const rest = parameters.kind === 'positional' && parameters.rest !== undefined ? [parameters.rest] : []
  for (const input of [...parameters.parameters.map((parameter) => parameter.name), ...rest]) {
    const other = known.get(inputName(input))
    if (other !== undefined) throw sharedInput(op, [other, input], names.currentInput(name, inputName(input)))
    known.set(inputName(input), input)
  }
  return { name, version: op.version, inputName }
}

function sharedInput({ name, place }: OpDefinition, both: readonly [string, string], current: string): MandalaError {
  const former = both.find((each) => each !== current) as string
  return new MandalaError('INPUT_NAME_TAKEN', `${name} (${place}) has the inputs "${both.join('" and "')}", and "${former}" is the former name of "${current}"`, {
    hint: `calls from before the renaming still go by "${former}": give the new input another name`,
  })
}

/** Two functions under one name, or under an old and a new one, would share their calls. */
export function takenTwice(known: OpDefinition, op: OpDefinition): MandalaError {
  const places = `one at ${known.place}, one at ${op.place}`
  if (known.name === op.name && known.place === op.place) {
    return new MandalaError('OP_NAME_TAKEN', `Two different functions are called "${op.name}", both made at ${op.place}`, {
      hint: 'what differs between them may be an input: op("name", (x, k) => …) in one place; or a part of the name: op(`name-${k}`, fn)',
    })
  }
  if (known.name === op.name) {
    return new MandalaError('OP_NAME_TAKEN', `Two different functions are called "${op.name}": ${places}`, {
      hint: 'give one of them another name: op("otherName", fn); or, if one replaces the other, another version',
    })
  }
  return new MandalaError('OP_NAME_TAKEN', `"${known.name}" and "${op.name}" are names of one op, which was renamed, and here are two functions: ${places}`, {
    hint: 'give the new one a name that none had',
  })
}

/** An op that was called before its name was given to another one. */
export function takenSince({ name, place }: OpDefinition): MandalaError {
  return new MandalaError('OP_NAME_TAKEN', `"${name}" is the name of another op since a renaming, and no more that of the one at ${place}`, {
    hint: 'give the function its new name in the code, too, and start the program again',
  })
}
