/** Numbers for texts, from 0 on in the order in which these are first asked for. */
export class Numbering {
  readonly texts: string[] = []
  readonly #numbers = new Map<string, number>()

  of(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) this.#numbers.set(text, (number = this.texts.push(text) - 1))
    return number
  }
}
