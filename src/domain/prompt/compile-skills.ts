import type { ClientSkill } from '../runs/run-request.js';

/** The skills that the client has, as a tree of their files; empty without any. Of two with one name the first counts. */
export function compileSkills(skills: readonly ClientSkill[]): string {
  const known = skills.filter((skill, index) => skills.findIndex(other => other.name === skill.name) === index);
  if (known.length === 0) return '';
  const roots = [...new Set(known.map(skill => rootOf(skill.location)))];
  const trees = roots.map(root =>
    renderRoot(
      root,
      known.filter(skill => rootOf(skill.location) === root),
    ),
  );
  return `<available_skills>\n${trees.join('\n')}\n</available_skills>`;
}

function renderRoot(root: string, skills: readonly ClientSkill[]): string {
  const lines = skills.flatMap((skill, index) => {
    const isLast = index === skills.length - 1;
    const [summary] = skill.description.split('\n');
    return [`${isLast ? '└── ' : '├── '}${skill.name}/`, `${isLast ? '    ' : '│   '}└── SKILL.md (${summary ?? ''})`];
  });
  return [`${root}/`, ...lines].join('\n');
}

/** The folder that holds the skill's own folder. */
function rootOf(location: string): string {
  const folders = location.split('/').filter(part => part !== '');
  const own = folders.at(-1)?.toLowerCase() === 'skill.md' ? 2 : 1;
  const root = folders.slice(0, -own).join('/');
  return location.startsWith('/') ? `/${root}` : root === '' ? '.' : root;
}
