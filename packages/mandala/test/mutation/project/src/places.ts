import data from './data.json' with { type: 'json' }

const { cities, unit } = data

export function distance(from: keyof typeof cities, to: keyof typeof cities): string {
  const [a, b] = [cities[from], cities[to]]
  const squared = a.reduce((total, each, i) => total + (each - b[i]!) ** 2, 0)
  return `${Math.round(Math.sqrt(squared))} ${unit}`
}

export function isFar(x: number): boolean {
  return x > data.threshold
}
