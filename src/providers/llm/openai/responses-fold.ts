import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { WireFold } from '../wire-watch.js';

/** The response that the last event shows; one that was cut off, with the items that had been finished. */
export function createResponsesFold(): WireFold<ResponseStreamEvent> {
  let response: Response | null = null;
  const items: ResponseOutputItem[] = [];
  return {
    add(event) {
      if ('response' in event) response = event.response;
      else if (event.type === 'response.output_item.done') items.push(event.item);
    },
    value: () => (response === null ? null : { ...response, output: isEmpty(response) ? items : response.output }),
  };
}

/** Failed responses of compatible servers may have no output at all. */
function isEmpty({ output }: { readonly output?: readonly ResponseOutputItem[] }): boolean {
  return output === undefined || output.length === 0;
}
