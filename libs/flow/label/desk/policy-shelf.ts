import type { PolicyPublished } from '#platform/contracts';
import { deriveCategories, unionOfQuestions, type Fact, type PolicyDocument, type PolicyQuestion } from '#policy';
import { documentOf } from '../resolution/policy-of-event.js';
import type { Answer } from '../resolution/vote.js';

/** What people are asked, by the policies in force and by those under which they were asked. */
export interface PolicyShelf {
  /** Replaces what is known; the policies in force are the latest versions. */
  set(published: Iterable<PolicyPublished>): void;
  /** Of the policies in force, each once. */
  readonly questions: readonly PolicyQuestion[];
  /** policyId@version of the policies in force that ask something. */
  readonly keys: readonly string[];
  readonly live: readonly PolicyPublished[];
  /** Of these policies, as far as they are known. */
  questionsOf(keys: readonly string[]): readonly PolicyQuestion[];
  /** Categories that the policies in force derive from one person's answers. */
  readonly categoriesOf: (answers: Readonly<Record<string, Answer>>) => readonly string[];
  /** Rises with every change. */
  readonly version: number;
}

const facts: Readonly<Record<Answer, Fact>> = { YES: 'yes', NO: 'no', UNSURE: 'unknown' };

export function createPolicyShelf(): PolicyShelf {
  const documents = new Map<string, PolicyDocument>();
  const unions = new Map<string, readonly PolicyQuestion[]>();
  let live: readonly PolicyPublished[] = [];
  let keys: readonly string[] = [];
  let questions: readonly PolicyQuestion[] = [];
  let version = 0;

  function questionsOf(wanted: readonly string[]): readonly PolicyQuestion[] {
    const name = wanted.join(' ');
    const known = unions.get(name);
    if (known !== undefined) return known;
    const union = unionOfQuestions(wanted.flatMap((key) => documents.get(key) ?? []));
    unions.set(name, union);
    return union;
  }

  return {
    set: (published) => {
      const latest = new Map<string, PolicyPublished>();
      for (const policy of published) {
        const document = documentOf(policy);
        if (document !== null) documents.set(`${policy.policyId}@${policy.version}`, document);
        const known = latest.get(policy.policyId);
        if (known === undefined || known.version < policy.version) latest.set(policy.policyId, policy);
      }
      unions.clear();
      live = [...latest.values()].sort((a, b) => (a.policyId < b.policyId ? -1 : 1));
      keys = live
        .map((policy) => `${policy.policyId}@${policy.version}`)
        .filter((key) => (documents.get(key)?.questions.length ?? 0) > 0);
      questions = questionsOf(keys);
      version++;
    },
    get questions() {
      return questions;
    },
    get keys() {
      return keys;
    },
    get live() {
      return live;
    },
    get version() {
      return version;
    },
    questionsOf,
    categoriesOf: (answers) => {
      const known = Object.fromEntries(Object.entries(answers).map(([key, answer]) => [key, facts[answer]]));
      const found = new Set<string>();
      for (const key of keys) {
        const document = documents.get(key);
        if (document === undefined) continue;
        for (const [category, { value }] of Object.entries(deriveCategories(document, known))) {
          if (value === 'yes') found.add(category);
        }
      }
      return [...found].sort();
    },
  };
}
