/** Values without parts, in a form of their own: a tag and their text. Several times faster than the general one, for the commonest values. */
const TAGS = { string: 's', number: 'n', bigint: 'i', boolean: 'b', undefined: 'u', null: 'z' } as const

/** Undefined for objects, and for strings that have no UTF-8. */
export function findPrimitiveText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string': return value.isWellFormed() ? TAGS.string + value : undefined
    case 'number': return TAGS.number + (Object.is(value, -0) ? '-0' : String(value))
    case 'bigint': return TAGS.bigint + String(value)
    case 'boolean': return TAGS.boolean + (value ? '1' : '0')
    case 'undefined': return TAGS.undefined
    default: return value === null ? TAGS.null : undefined
  }
}

export function parsePrimitive(text: string): unknown {
  const rest = text.slice(1)
  switch (text[0]) {
    case TAGS.string: return rest
    case TAGS.number: return Number(rest)
    case TAGS.bigint: return BigInt(rest)
    case TAGS.boolean: return rest === '1'
    case TAGS.undefined: return undefined
    case TAGS.null: return null
    default: throw new TypeError(`unknown kind of primitive "${text[0]}"`)
  }
}
