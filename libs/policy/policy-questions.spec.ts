import { questionsOf, unionOfQuestions } from './policy-questions.js';
import { documentWith, parsed } from './policy.fixture.js';

const house = documentWith('  P:\n    when: [a, b, c, d]\n');
const keys = (...documents: readonly string[]): readonly string[] =>
  unionOfQuestions(documents.map((text) => parsed(text).policy)).map(({ key }) => key);

describe('questionsOf', () => {
  it('lists the questions in the order of the document, by question@version, with their examples', () => {
    const questions = questionsOf(parsed(house).policy);
    expect(questions.map(({ key, under }) => [key, under])).toEqual([
      ['a@1', null],
      ['b@1', 'a@1'],
      ['c@1', null],
      ['d@2', null],
    ]);
    expect(questions[1]).toEqual({
      key: 'b@1',
      id: 'b',
      version: 1,
      wording: 'Is it b?',
      help: null,
      under: 'a@1',
      examples: [
        { text: 'clearly b', answer: 'yes', why: null },
        { text: 'nearly b', answer: 'no', why: 'Not quite.' },
      ],
    });
  });

  it('lists none for a document from before there were questions', () => {
    expect(questionsOf(parsed(house.replace(/questions:[^]*(?=channels:)/, '')).policy)).toEqual([]);
  });
});

describe('unionOfQuestions', () => {
  it('asks each version of a question once, in the order of the policies', () => {
    const other = house.replace('id: c', 'id: x').replace('version: 2', 'version: 3');
    expect(keys(house, other, house)).toEqual(['a@1', 'b@1', 'c@1', 'd@2', 'x@1', 'd@3']);
    expect(keys()).toEqual([]);
  });

  it('takes help and examples from the first policy', () => {
    const helpful = house.replace('wording: Is it c?', 'wording: Is it c?\n    help: Think of it.');
    const helps = [
      [helpful, house],
      [house, helpful],
    ].map((documents) => unionOfQuestions(documents.map((text) => parsed(text).policy))[2]?.help);
    expect(helps).toEqual(['Think of it.', null]);
  });
});
