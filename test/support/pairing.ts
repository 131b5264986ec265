export interface StoredMessage {
  readonly id: string;
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly tool_calls: readonly { readonly id: string }[];
  readonly tool_returns: readonly { readonly toolCallId: string }[];
}

/**
 * What OpenAI or Anthropic would refuse in a history: every call is answered, in the message right behind it, once, and nothing is answered that was
 * not asked.
 */
export function findPairingErrors(messages: readonly StoredMessage[]): string[] {
  const errors: string[] = [];
  messages.forEach((message, index) => {
    const next = messages[index + 1];
    if (message.role === 'assistant' && message.tool_calls.length > 0) {
      const asked = message.tool_calls.map(call => call.id);
      const returned = next?.role === 'tool' ? next.tool_returns.map(entry => entry.toolCallId) : [];
      if (JSON.stringify(asked) !== JSON.stringify(returned)) errors.push(`calls [${asked.join()}] are answered by [${returned.join()}]`);
    }
    if (message.role === 'tool') {
      const before = messages[index - 1];
      if (before?.role !== 'assistant' || before.tool_calls.length === 0) errors.push(`returns in ${message.id} answer nothing`);
    }
    if (index > 0 && message.role === 'system') errors.push('a second system message');
  });
  if (messages[0]?.role !== 'system') errors.push('the first message is not the system message');
  return errors;
}
