import { javaMajor } from './preflight.js';

describe('javaMajor', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk version "24-ea" 2025-03-18', 24],
    ['Error: could not find libjava.so', undefined],
  ])('reads %j as %s', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });
});
