const STOP_WORDS = new Set(['the', 'a', 'of', 'and'])
const MIN_COUNT = 2

export function tokenize(text: string): string[] {
  return text.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word.length > 1 && !STOP_WORDS.has(word))
}

function countWords(documents: readonly (readonly string[])[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const words of documents) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

export function tfIdf(texts: readonly string[]): { readonly vocabulary: readonly string[]; readonly vectors: number[][] } {
  const documents = texts.map(tokenize)
  const counts = countWords(documents)
  const vocabulary = [...counts].filter(([, count]) => count >= MIN_COUNT).map(([word]) => word).sort()
  const index = new Map(vocabulary.map((word, i) => [word, i]))
  const vectors = documents.map((words) => weigh(words, { index, counts, total: documents.length }))
  return { vocabulary, vectors }
}

interface Corpus {
  readonly index: ReadonlyMap<string, number>
  readonly counts: ReadonlyMap<string, number>
  readonly total: number
}

function weigh(words: readonly string[], { index, counts, total }: Corpus): number[] {
  const vector = new Array<number>(index.size).fill(0)
  for (const word of words) {
    const at = index.get(word)
    if (at !== undefined) vector[at] = (vector[at] as number) + Math.log(total / (counts.get(word) ?? 1))
  }
  return vector
}
