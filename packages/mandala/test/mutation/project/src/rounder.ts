export class Rounder {
  readonly step: number

  constructor(step: number) {
    this.step = step
  }

  round(x: number): number {
    return Math.round(x / this.step) * this.step
  }
}

export class Floorer extends Rounder {
  override round(x: number): number {
    return Math.floor(x / this.step) * this.step
  }
}

export const defaultRounder = new Rounder(2)
