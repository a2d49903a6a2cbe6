/** More pages than any list of a region has: EC2's quota of AMIs is 50,000, and a page has hundreds. */
const mostPages = 10_000;

/**
 * All pages of a list. A repeated page token is an error: following it would never end, and stopping at it would return an
 * incomplete list.
 */
export async function* everyPage<P extends { NextToken?: string | undefined }>(
  pages: AsyncIterable<P>,
): AsyncGenerator<P> {
  const tokens = new Set<string>();
  for await (const page of pages) {
    yield page;
    const { NextToken: token } = page;
    if (token !== undefined && token !== '' && tokens.has(token))
      throw new Error('the list returned the same page twice, so it may be incomplete');
    if (token) tokens.add(token);
    if (tokens.size > mostPages) throw new Error(`the list has more than ${mostPages} pages`);
  }
}
