/** More pages than any list of one region has: EC2's quota of AMIs is 50,000, and a page holds hundreds. */
const mostPages = 10_000;

/**
 * The pages of a list, to the last one. A page token that comes a second time would make the list endless, or, where
 * one stops at it, shorter than it is: it is an error, so that nobody takes a part for the whole.
 */
export async function* everyPage<P extends { NextToken?: string | undefined }>(
  pages: AsyncIterable<P>,
): AsyncGenerator<P> {
  const tokens = new Set<string>();
  for await (const page of pages) {
    yield page;
    const { NextToken: token } = page;
    if (token !== undefined && token !== '' && tokens.has(token))
      throw new Error('the list came to the same page twice, so its end is not known');
    if (token) tokens.add(token);
    if (tokens.size > mostPages) throw new Error(`the list has more than ${mostPages} pages`);
  }
}
