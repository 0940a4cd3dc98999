/** How one object looks when each object in it is only shown by a short text. */
export type Glance = (value: object, short: (part: object) => string) => string

/**
 * A text for each object that can be reached from one: two have the same if they look alike however far one follows their parts.
 *
 * It takes rounds: an object's next text is made of its parts' present ones, until a round tells no more objects apart. That costs
 * rounds times references, where writing every object out in full, again and again, would be endless for nodes that know each other.
 */
export function deriveColours(start: object, glance: Glance): ReadonlyMap<object, string> {
  let colours = new Map<object, string>([[start, '']])
  // What is added to a Map during its walk is walked too.
  for (const value of colours.keys()) {
    glance(value, (part) => {
      if (!colours.has(part)) colours.set(part, '')
      return ''
    })
  }
  for (let told = 0; ;) {
    const next = new Map<object, string>()
    for (const value of colours.keys()) next.set(value, glance(value, (part) => colours.get(part) ?? ''))
    const count = new Set(next.values()).size
    colours = next
    if (count === told) return colours
    told = count
  }
}
