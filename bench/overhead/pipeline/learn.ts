export const RATE = 0.1
export const ROUNDS = 8

export const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number)
  return sum
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export class LogisticRegression {
  weights: number[] = []
  #bias = 0

  fit(vectors: readonly number[][], labels: readonly number[]): this {
    this.weights = new Array<number>(vectors[0]?.length ?? 0).fill(0)
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [i, vector] of vectors.entries()) this.#step(vector, labels[i] as number)
    }
    return this
  }

  #step(vector: readonly number[], label: number): void {
    const error = label - this.predict(vector)
    this.#bias += RATE * error
    for (let i = 0; i < vector.length; i += 1) if (vector[i] !== 0) this.weights[i] = (this.weights[i] as number) + RATE * error * (vector[i] as number)
  }

  predict(vector: readonly number[]): number {
    return sigmoid(dot(this.weights, vector) + this.#bias)
  }
}

function distance(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - (b[i] as number)) ** 2
  return sum
}

export function kMeans(vectors: readonly number[][], k: number): number[] {
  let centres = vectors.slice(0, k)
  let nearest: number[] = []
  for (let round = 0; round < ROUNDS / 2; round += 1) {
    nearest = vectors.map((vector) => centres.reduce((best, centre, i) => (distance(vector, centre) < distance(vector, centres[best] as number[]) ? i : best), 0))
    centres = centres.map((centre, i) => mean(vectors.filter((_, j) => nearest[j] === i), centre))
  }
  return nearest
}

function mean(vectors: readonly number[][], fallback: number[]): number[] {
  return vectors.length === 0 ? fallback : fallback.map((_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / vectors.length)
}
