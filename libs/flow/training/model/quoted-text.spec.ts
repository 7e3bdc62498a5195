import fc from 'fast-check';
import { QUOTING_LINE, withoutQuotes } from './quoted-text.js';

const log = ['epoch 3 of 9, loss 0.41', 'ValueError: could not parse "You are a  HORRIBLE person"', 'done'];

describe('log of a trainer', () => {
  it('keeps lines that quote nothing and leaves out those that do, whatever the case and the spaces', () => {
    const texts = ['well, you are a horrible person, aren’t you', 'something else entirely'];
    expect(withoutQuotes(log, texts)).toEqual([log[0], QUOTING_LINE, log[2]]);
  });

  it('leaves out a line that holds the whole of a short text', () => {
    expect(withoutQuotes(['bad row: so stupid!'], ['so stupid'])).toEqual([QUOTING_LINE]);
  });

  it('does not take a common word for a quotation', () => {
    expect(withoutQuotes(log, ['done', 'loss', 'epoch'])).toEqual(log);
  });

  it('never lets sixteen characters of a text through', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 16, maxLength: 60 }), fc.string(), fc.nat(), (text, around, from) => {
        const plain = text.toLowerCase().replace(/\s+/gu, ' ').trim();
        fc.pre(plain.length >= 16);
        const start = from % (plain.length - 15);
        const line = around + plain.slice(start, start + 16) + around;
        expect(withoutQuotes([line], [text])).toEqual([QUOTING_LINE]);
      }),
      { examples: [['! ! ! ! ! ! ! ! !', '', 0]] },
    );
  });
});
