import type { ModelDelta, LanguageModel, ModelRequest, ModelResponse } from '../../../domain/model/language-model.js';
import { createResponseAccumulator } from '../response-accumulator.js';
import type { StreamPiece } from '../stream-piece.js';
import { decideDemoAction } from './demo-rules.js';
import type { DemoCall } from './demo-rules.js';

/** A rule-based stand-in that is openly no language model: for the first minute without a key, for examples and tests. */
export function createDemoLanguageModel(): LanguageModel {
  return {
    requestBody: () => Promise.resolve(null),
    counting: () => Promise.resolve(null),
    complete: async (request, onDelta, signal) => respond(request, onDelta, signal),
  };
}

function respond(request: ModelRequest, onDelta: (delta: ModelDelta) => void, signal: AbortSignal): ModelResponse {
  const accumulator = createResponseAccumulator('perdura', onDelta);
  const pieces = piecesOf(request);
  for (const piece of pieces) {
    if (signal.aborted) return accumulator.cancelled();
    accumulator.add(piece);
  }
  const promptTokens = Math.ceil(JSON.stringify(request.messages).length / 4);
  accumulator.add({ type: 'usage', usage: { promptTokens, completionTokens: pieces.length } });
  accumulator.add({ type: 'finish', reason: 'stop' });
  return accumulator.finish();
}

function piecesOf(request: ModelRequest): StreamPiece[] {
  const offered = new Set(request.tools.map(tool => tool.name));
  const action = decideDemoAction(request.messages);
  if (action.kind === 'call') {
    const call = action.tools.find(candidate => offered.has(candidate.name));
    return call === undefined ? speak(request, action.otherwise) : callPieces(request, call, true);
  }
  return speak(request, action.text);
}

/** By the tool where there is one: then plain text would not be heard. */
function speak(request: ModelRequest, text: string): StreamPiece[] {
  if (request.tools.some(tool => tool.name === 'send_message')) {
    return callPieces(request, { name: 'send_message', arguments: { message: text } }, false);
  }
  return text.split(/(?<=\s)/).map(word => ({ type: 'text', text: word }));
}

function callPieces(request: ModelRequest, call: DemoCall, goesOn: boolean): StreamPiece[] {
  const schema = request.tools.find(tool => tool.name === call.name)?.parameters['properties'];
  const asksForHeartbeat = typeof schema === 'object' && schema !== null && 'request_heartbeat' in schema;
  const text = JSON.stringify(asksForHeartbeat ? { ...call.arguments, request_heartbeat: goesOn } : call.arguments);
  const start: StreamPiece = { type: 'tool_call', slot: 0, id: null, name: call.name, argumentsDelta: '' };
  return [
    start,
    ...text.split(/(?<=\s)/).map((piece): StreamPiece => ({ type: 'tool_call', slot: 0, id: null, name: null, argumentsDelta: piece })),
  ];
}
