import { registerType } from 'mandala-ts'

/** A mail as the model sees it: the positions of its words in the vocabulary. */
export type Vector = Uint32Array

/** Multinomial naive Bayes for two classes: how much more likely does each word make spam? */
export class NaiveBayes {
  /** log P(spam) / P(ham) before a word is read. */
  readonly prior: number
  /** log P(word | spam) / P(word | ham), by position in the vocabulary. */
  readonly weights: Float64Array

  constructor(prior: number, weights: Float64Array) {
    this.prior = prior
    this.weights = weights
  }

  /** @param smoothing what is added to every count, so that a word unseen in one class doesn't decide alone */
  static train({ ham, spam, size, smoothing }: { ham: Vector[]; spam: Vector[]; size: number; smoothing: number }): NaiveBayes {
    const logChances = (vectors: Vector[]): Float64Array => {
      const counts = new Float64Array(size).fill(smoothing)
      for (const vector of vectors) for (const position of vector) counts[position]! += 1
      const total = counts.reduce((sum, count) => sum + count, 0)
      return counts.map((count) => Math.log(count / total))
    }
    const inHam = logChances(ham)
    return new NaiveBayes(Math.log(spam.length / ham.length), logChances(spam).map((chance, i) => chance - inHam[i]!))
  }

  isSpam(vector: Vector): boolean {
    return vector.reduce((sum, position) => sum + this.weights[position]!, this.prior) > 0
  }

  /** The positions of the words that speak most for spam. */
  mostTelling(count: number): number[] {
    return [...this.weights.keys()].sort((a, b) => this.weights[b]! - this.weights[a]!).slice(0, count)
  }
}

registerType({
  name: 'NaiveBayes',
  is: (value) => value instanceof NaiveBayes,
  encode: ({ prior, weights }: NaiveBayes) => ({ prior, weights }),
  decode: ({ prior, weights }) => new NaiveBayes(prior, weights),
})
