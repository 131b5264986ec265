/** Of what an operator names freely, such as variables and headers, only what is called so is a secret: others, such as addresses, stand in many a result. */
export function soundsSecret(name: string): boolean {
  return /key|token|secret|passw|credential|auth/i.test(name);
}
