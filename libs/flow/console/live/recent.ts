/** The latest items, numbered from 0 in the order in which they came. */
export interface Recent<T> {
  push(item: T): void;
  /** Number that the next item gets. */
  next(): number;
  /** Items with numbers from `from` on that are still there, oldest first, and how many of them are not any more. */
  since(from: number): { readonly items: readonly T[]; readonly lost: number };
}

export function createRecent<T>(capacity: number): Recent<T> {
  const kept: T[] = [];
  let next = 0;
  return {
    push: (item) => {
      kept[next % capacity] = item;
      next++;
    },
    next: () => next,
    since: (from) => {
      const first = Math.max(from, next - capacity, 0);
      const items: T[] = [];
      for (let number = first; number < next; number++) {
        const item = kept[number % capacity];
        if (item !== undefined) items.push(item);
      }
      return { items, lost: Math.max(0, first - Math.max(0, from)) };
    },
  };
}
