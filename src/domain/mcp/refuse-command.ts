/** Why no server is started by this command, or null. Null commands = servers over stdio are off. */
export function refuseCommand(command: string, commands: readonly string[] | null): string | null {
  if (commands === null)
    return 'MCP servers over stdio are off here. The operator allows them with MCP_DISABLE_STDIO=false and PERDURA_MCP_STDIO_COMMANDS.';
  if (commands.includes('*') || commands.includes(command)) return null;
  return `the command '${command}' is not among those that the operator allows (PERDURA_MCP_STDIO_COMMANDS).`;
}
