import type { Digits } from './data.ts'

/** Every picture with the same brightness in all. */
export function scaleData(X: number[][]): number[][] {
  return X.map((picture) => {
    const sum = picture.reduce((a, b) => a + b, 0)
    return picture.map((pixel) => pixel / sum)
  })
}

/** The mean picture of each digit. */
export function findCentroids({ X, y }: Digits, nClass: number): number[][] {
  return Array.from({ length: nClass }, (_, digit) => {
    const pictures = X.filter((_, i) => y[i] === digit)
    return pictures[0]!.map((_, pixel) => pictures.reduce((sum, picture) => sum + picture[pixel]!, 0) / pictures.length)
  })
}

/** The digit whose mean picture is nearest. */
export function predict(centroids: number[][], picture: number[]): number {
  const distances = centroids.map((centroid) => centroid.reduce((sum, mean, i) => sum + (mean - picture[i]!) ** 2, 0))
  return distances.indexOf(Math.min(...distances))
}
