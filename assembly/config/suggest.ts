/** Names longer than this are never typing errors of ours, and comparing them would cost. */
const MAX_COMPARED_LENGTH: i32 = 64;

/**
 * Number of single-character edits (insert, delete, replace, swap of neighbours) between two short texts.
 * Upper and lower case count as equal.
 */
function editDistance(left: string, right: string): i32 {
  const width = right.length + 1;
  let beforePrevious = new StaticArray<i32>(width);
  let previous = new StaticArray<i32>(width);
  let current = new StaticArray<i32>(width);
  for (let column = 0; column < width; column++) unchecked((previous[column] = column));
  for (let row = 1; row <= left.length; row++) {
    unchecked((current[0] = row));
    for (let column = 1; column < width; column++) {
      const isSame = left.charCodeAt(row - 1) == right.charCodeAt(column - 1);
      let cost = unchecked(previous[column - 1]) + (isSame ? 0 : 1);
      cost = min(cost, min(unchecked(previous[column]), unchecked(current[column - 1])) + 1);
      const isSwap =
        row > 1 &&
        column > 1 &&
        left.charCodeAt(row - 1) == right.charCodeAt(column - 2) &&
        left.charCodeAt(row - 2) == right.charCodeAt(column - 1);
      if (isSwap) cost = min(cost, unchecked(beforePrevious[column - 2]) + 1);
      unchecked((current[column] = cost));
    }
    const oldest = beforePrevious;
    beforePrevious = previous;
    previous = current;
    current = oldest;
  }
  return unchecked(previous[width - 1]);
}

/** The candidate that was probably meant by a misspelled name, or null when none is close. */
export function findClosest(name: string, candidates: string[]): string | null {
  if (name.length == 0 || name.length > MAX_COMPARED_LENGTH) return null;
  const lower = name.toLowerCase();
  let closest: string | null = null;
  let smallest = 1 + min(2, max(1, name.length / 3));
  for (let index = 0; index < candidates.length; index++) {
    const candidate = candidates[index];
    if (abs(candidate.length - name.length) >= smallest || candidate.length > MAX_COMPARED_LENGTH) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance >= smallest) continue;
    smallest = distance;
    closest = candidate;
  }
  return closest;
}

/** `; did you mean "x"?` when a candidate is close, else nothing. */
export function suggestion(name: string, candidates: string[]): string {
  const closest = findClosest(name, candidates);
  return closest === null ? "" : '; did you mean "' + closest + '"?';
}
