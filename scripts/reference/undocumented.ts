import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from 'typedoc';

/** Types that callers fill in. Each of their members must document its unit, its default or its purpose. */
const FILLED_IN = /^(?!Resolved).*(Options|Policy|StaleFor|Parts|Ports|Connections)$/;

/** Returns the exports, methods and members of types that callers fill in without a docstring. */
export function undocumented(project: ProjectReflection): string[] {
  return (project.children ?? []).flatMap((module) =>
    (module.children ?? []).flatMap((one) =>
      [one, ...membersOf(one)]
        .filter((it) => !isDocumented(it))
        .map((it) => `${it.getFriendlyFullName()} has no docstring`),
    ),
  );
}

function membersOf(one: DeclarationReflection): DeclarationReflection[] {
  const members = (one.children ?? []).filter((member) => !member.flags.isInherited && !member.inheritedFrom);
  return members.filter((member) => member.kindOf(ReflectionKind.Method) || FILLED_IN.test(one.name));
}

/** A method that an interface documents need not repeat the docstring. */
function isDocumented(it: DeclarationReflection): boolean {
  if (it.kindOf([ReflectionKind.Constructor, ReflectionKind.Reference])) return true;
  const signatures = it.signatures ?? [];
  return it.hasComment() || signatures.some((signature) => signature.hasComment() || signature.implementationOf);
}
