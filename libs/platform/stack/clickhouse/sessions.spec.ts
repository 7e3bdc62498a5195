import * as fc from 'fast-check';
import { settingChange } from './sessions.js';

const state = (settings: Record<string, string>, parameters: Record<string, string> = {}) => ({
  database: 'default',
  settings: new Map(Object.entries(settings)),
  parameters: new Map(Object.entries(parameters)),
});

describe('settingChange', () => {
  it('is nothing between equal states', () => {
    const settings = fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.string());
    fc.assert(
      fc.property(settings, (some) => {
        expect(settingChange(new Map(Object.entries(some)), state(some))).toBeUndefined();
      }),
    );
  });

  it('takes back what the last request set', () => {
    expect(settingChange(new Map([['max_threads', '1']]), state({ max_block_size: '10' }))).toBe(
      'SET max_threads = DEFAULT, max_block_size = 10',
    );
  });

  it('quotes values so that they stay values', () => {
    expect(settingChange(new Map(), state({}, { x: "a'b\\" }))).toBe("SET param_x = 'a\\'b\\\\'");
  });
});
