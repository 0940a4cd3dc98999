/** A name on one line: characters that would break it, or that a picture can't hold, as they are written in source text. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\u2028\u2029]/gu, (character) => {
    const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character]
    return known ?? `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}`
  })
}
