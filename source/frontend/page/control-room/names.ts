const MYTHICAL = (
  'Amalthea Bellerophon Celestia Dulcinea Elrohir Fenris Galadhon Hesperia Ithilmar Jormun ' +
  'Kallisto Lorelei Morwen Nimue Oberon Pythia Quillon Rhiannon Sylphine Thessaly'
).split(' ');

export function suggestName(tag: string): string {
  const number = Math.floor(Math.random() * 9000) + 1000;
  if (tag !== 'beast') return `demo-${number}`;
  return `${MYTHICAL[Math.floor(Math.random() * MYTHICAL.length)]} ${number}`;
}
