export enum Level {
  Low = 1,
  Middle = 5,
  High = Middle * 2,
}

export const Colour = { Red: 'r', Green: 'g' } as const

export function levelOf(x: number): Level {
  if (x < Level.Low) return Level.Low
  return x < Level.High ? Level.Middle : Level.High
}

export function colourOf(level: Level): string {
  switch (level) {
    case Level.Low: return Colour.Red
    case Level.Middle: return 'y'
    default: return Colour.Green
  }
}
