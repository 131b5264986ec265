/** Parts of statements on `token_calibrations`, so that calls of models learn the sizes of prompts without a statement of their own. */

/** All of a conversation by model, as domain Calibrations. */
export function calibrationsSql(conversation: string): string {
  return `select jsonb_object_agg(t.model_handle, jsonb_build_object('estimatedTokens', t.estimated_tokens, 'countedTokens', t.counted_tokens))
    from token_calibrations t where t.conversation_id = ${conversation}`;
}

/** `source` = a from item with the columns conversation_id, model_handle, estimated, counted. The newest counts. */
export function saveCalibration(source: string): string {
  return `insert into token_calibrations (conversation_id, model_handle, estimated_tokens, counted_tokens)
    select conversation_id, model_handle, estimated, counted from ${source}
    on conflict (conversation_id, model_handle) do update
       set estimated_tokens = excluded.estimated_tokens, counted_tokens = excluded.counted_tokens, updated_at = now()`;
}
