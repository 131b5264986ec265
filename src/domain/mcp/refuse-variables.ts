const loaders = /^(?:LD_|DYLD_|NODE_|NPM_CONFIG_|PYTHON|PERL5|RUBY|JAVA_|_JAVA_|JDK_JAVA_|BASH_|UV_|PIP_|DENO_|BUN_|GIT_|GCONV_|OPENSSL_)/i;
const others = /^(?:PATH|ENV|HOME|SHELLOPTS|IFS|PS4|PERLLIB|XDG_CONFIG_HOME)$/i;

/** Why a program over stdio does not get this environment, or null: some variables choose what runs, which only the operator's list of commands may. */
export function refuseVariables(names: readonly string[]): string | null {
  const refused = names.find(name => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || loaders.test(name) || others.test(name));
  return refused === undefined ? null : `env of a server over stdio may not set '${refused}': such a variable chooses what code runs.`;
}
