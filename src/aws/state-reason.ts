/**
 * EC2's reason for a state, as one text that starts with its code: `Server.InternalError: Internal error on launch`. EC2
 * repeats the code in most messages, not in all (StateReason, Amazon EC2 API Reference). Undefined if it gives none.
 */
export function stateReasonText(
  reason: { Code?: string | undefined; Message?: string | undefined } | undefined,
): string | undefined {
  const { Code = '', Message = '' } = reason ?? {};
  const text = Message.startsWith(Code) ? Message : `${Code}: ${Message}`.replace(/: $/, '');
  return text === '' ? undefined : text;
}
