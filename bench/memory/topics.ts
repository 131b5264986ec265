/**
 * What the people of the made-up set talk about. `{v}` = the value, `{p}` = the person. `say` holds the fact by itself; `asked` and `short` are the same as a
 * question of the other one and an answer that means nothing without it; `other` is the same of somebody who does not count. The questions of the set are
 * `ask`, in words that the fact has not, and `askNear`, which may share one with it.
 */
export interface Topic {
  readonly name: string;
  readonly say: string;
  readonly asked: string;
  readonly short: string;
  readonly other: string;
  readonly ask: string;
  readonly askNear: string;
  /** Between commas. */
  readonly values: string;
}

export const topics: readonly Topic[] = [
  {
    name: 'pet',
    say: 'We finally brought a {v} home from the shelter.',
    asked: 'Did you get yourselves a pet in the end?',
    short: 'Yes, a {v}, and it already rules the sofa.',
    other: 'My landlady keeps a {v}, imagine.',
    ask: 'What kind of animal lives with {p}?',
    askNear: 'Which creature from the shelter does {p} own?',
    values: 'ferret, greyhound, parrot, tortoise, hedgehog, beagle, canary, rabbit, dachshund, guinea pig, cockatoo, poodle, gecko, kitten',
  },
  {
    name: 'job',
    say: 'I start at the {v} on Monday, my badge is printed already.',
    asked: 'And the new job, did they take you?',
    short: 'They did! The {v} it is.',
    other: 'My cousin got fired from the {v}.',
    ask: 'Where is {p} employed?',
    askNear: 'Which employer printed a badge for {p}?',
    values:
      'city library, harbour office, glass factory, patent office, weather service, tax office, zoo, bottling plant, opera house, observatory, shipyard, dairy, court house, print shop',
  },
  {
    name: 'home',
    say: 'The boxes are packed, we are off to {v} for good.',
    asked: 'Have you found a flat, and where?',
    short: 'In {v}, with a balcony even.',
    other: 'The neighbours went to {v} for a weekend.',
    ask: 'Which city did {p} relocate to?',
    askNear: 'Where did {p} take all the boxes?',
    values: 'Tallinn, Porto, Ghent, Krakow, Bergen, Lyon, Graz, Turku, Bilbao, Aarhus, Trieste, Leeds, Malmo, Bruges',
  },
  {
    name: 'allergy',
    say: 'I break out in a rash whenever I come near {v}.',
    asked: 'Is there anything that you must not eat?',
    short: 'Only {v}, then I need a doctor.',
    other: 'The shop was out of {v} again.',
    ask: 'What should be kept off the plate of {p}?',
    askNear: 'What gives {p} a rash?',
    values: 'shellfish, walnuts, celery, sesame, strawberries, mustard, lupins, kiwi, soy, peaches, cashews, mussels, rye, pistachios',
  },
  {
    name: 'instrument',
    say: 'My fingers hurt, but I got through a whole song on the {v}.',
    asked: 'What do you play these days?',
    short: 'The {v}, badly and with joy.',
    other: 'Somebody left a {v} on the bus.',
    ask: 'Which musical skill is {p} learning?',
    askNear: 'On what did {p} manage a song?',
    values: 'cello, banjo, oboe, harp, ukulele, trombone, accordion, clarinet, mandolin, bassoon, viola, tuba, flute, zither',
  },
  {
    name: 'school',
    say: 'Our girl had her first day at the {v} kindergarten.',
    asked: 'Who looks after the little one now?',
    short: 'The {v} people, she loves it there.',
    other: 'They closed the {v} pool for repairs.',
    ask: 'Where does the daughter of {p} spend her mornings?',
    askNear: 'Which kindergarten did {p} choose?',
    values:
      'Sunflower, Riverside, Chestnut, Lighthouse, Pebble, Acorn, Meadow, Harbour, Windmill, Foxglove, Maple, Kestrel, Bluebell, Orchard',
  },
  {
    name: 'car',
    say: 'The old {v} broke down on the motorway again.',
    asked: 'How do you get to work?',
    short: 'In the {v}, as long as it lives.',
    other: 'A {v} blocked our yard all day.',
    ask: 'What vehicle does {p} drive?',
    askNear: 'What was {p} driving when it broke down?',
    values: 'Volvo, Beetle, Saab, Twingo, Skoda, Fiat, Land Rover, Trabant, Mazda, Lancia, Peugeot, Subaru, Opel, Datsun',
  },
  {
    name: 'injury',
    say: 'It is official, my {v} stays in a cast for six weeks.',
    asked: 'What did the hospital say?',
    short: 'The {v} is cracked, no sports until summer.',
    other: 'There was a poster about the {v} in the waiting room.',
    ask: 'Which bone did {p} break?',
    askNear: 'Which part of {p} is in a cast?',
    values: 'wrist, collarbone, ankle, elbow, heel, thumb, shin, rib, kneecap, shoulder blade, toe, forearm, jaw, hip',
  },
  {
    name: 'brother',
    say: 'My brother {v} rang from overseas last night.',
    asked: 'Who was that on the phone, family?',
    short: 'Yes, {v}, we share a mother and a temper.',
    other: 'The plumber is called {v}, by the way.',
    ask: 'What is the sibling of {p} called?',
    askNear: 'Who is the brother of {p}?',
    values: 'Anton, Bruno, Casper, Dmitri, Emil, Fabian, Gustav, Henrik, Igor, Jonas, Klaus, Leopold, Milan, Niels',
  },
  {
    name: 'dish',
    say: 'Nothing beats a bowl of {v} after a long day.',
    asked: 'What shall I cook when you come?',
    short: 'You know me, {v}, always.',
    other: 'The canteen served {v} to everybody.',
    ask: 'Which meal does {p} love most?',
    askNear: 'What does {p} eat in a bowl?',
    values: 'goulash, ramen, ratatouille, paella, dumplings, lasagne, borscht, moussaka, pho, risotto, chowder, tagine, pierogi, laksa',
  },
  {
    name: 'trip',
    say: 'The flights to {v} are paid for, two weeks of nothing but sun.',
    asked: 'Any plans for your weeks off?',
    short: '{v}! I bought the tickets last night.',
    other: 'The documentary about {v} was dull.',
    ask: 'Where is {p} going on holiday?',
    askNear: 'For which island or coast did {p} buy tickets?',
    values: 'Madeira, Crete, Zanzibar, Malta, Corsica, Cyprus, Bali, Tenerife, Sardinia, Mauritius, Jamaica, Sicily, Rhodes, Ibiza',
  },
  {
    name: 'race',
    say: 'I put my name down for the {v} and get up at five to train.',
    asked: 'Why are you so sore all the time?',
    short: 'The {v} is in June, and I mean to finish it.',
    other: 'They rerouted the buses for the {v}.',
    ask: 'Which sporting event is {p} preparing for?',
    askNear: 'For what does {p} train so hard?',
    values:
      'triathlon, ski marathon, rowing regatta, night run, bike tour, swim across the bay, half marathon, tower climb, mud run, relay, duathlon, trail run, canoe derby, city sprint',
  },
  {
    name: 'book',
    say: 'I could not put "{v}" down, it was three when I switched off the lamp.',
    asked: 'You look tired, what kept you up?',
    short: '"{v}", the last hundred pages of it.',
    other: 'Our book club voted against "{v}".',
    ask: 'Which novel robbed {p} of sleep?',
    askNear: 'What was {p} reading until three?',
    values:
      'The Salt Road, Winter Ferry, Nine Keys, The Paper Moth, Copper Rain, A House of Reeds, The Last Tram, Glass Orchard, Slow Thunder, The Ink Maker, Hollow Hill, Borrowed Light, The Tin Choir, Quiet Harbour',
  },
  {
    name: 'language',
    say: 'My evening class in {v} is harder than I thought.',
    asked: 'What are all those word cards for?',
    short: '{v}. The endings are killing me.',
    other: 'The subtitles were in {v} only.',
    ask: 'What foreign tongue is {p} studying?',
    askNear: 'What is taught in the evening class of {p}?',
    values: 'Finnish, Korean, Welsh, Turkish, Basque, Hungarian, Swahili, Icelandic, Greek, Japanese, Arabic, Polish, Hindi, Maltese',
  },
  {
    name: 'garden',
    say: 'The {v} came up at last, the whole bed is full of them.',
    asked: 'How is the garden doing?',
    short: 'Full of {v}, I did not expect so many.',
    other: 'I photographed some {v} in the park.',
    ask: 'Which plants does {p} grow?',
    askNear: 'Of what is the garden of {p} full?',
    values:
      'radishes, tulips, artichokes, dahlias, pumpkins, lupines, leeks, sunflowers, beetroots, peonies, turnips, irises, courgettes, poppies',
  },
  {
    name: 'fear',
    say: 'My knees give way as soon as there are {v} around.',
    asked: 'Why would you not come up with us?',
    short: 'Because of the {v}. I simply freeze.',
    other: 'The museum had a room about {v}.',
    ask: 'What is {p} scared of?',
    askNear: 'Because of what do the knees of {p} fail?',
    values: 'spiders, escalators, thunderstorms, clowns, wasps, bridges, needles, geese, lifts, moths, tunnels, snakes, masks, balloons',
  },
  {
    name: 'volunteering',
    say: 'I give my Saturdays to the {v} now.',
    asked: 'You are never home on Saturdays?',
    short: 'No, they need hands at the {v}.',
    other: 'There was a leaflet of the {v} in the post.',
    ask: 'Where does {p} do unpaid work?',
    askNear: 'Where is {p} on Saturdays?',
    values:
      'soup kitchen, sea rescue, animal refuge, repair café, toy library, night shelter, fire brigade, hospice, food bank, youth club, mountain patrol, seed exchange, blood drive, reading circle',
  },
  {
    name: 'heirloom',
    say: 'Grandma left me her {v}, I never take it off the shelf without gloves.',
    asked: 'Did she leave you something to remember her by?',
    short: 'Her {v}. I cried when I unwrapped it.',
    other: 'They sold a {v} at the flea market.',
    ask: 'What did {p} inherit?',
    askNear: 'What did the grandma of {p} leave?',
    values:
      'silver brooch, pocket watch, music box, amber ring, opal pendant, fountain pen, sewing box, porcelain owl, brass compass, lace fan, jade comb, opera glasses, tea caddy, snuff box',
  },
  {
    name: 'degree',
    say: 'They took me! Three years of {v}, starting in autumn.',
    asked: 'Is there news from the university?',
    short: 'I am in! {v}, of all things.',
    other: 'The radio had a feature on {v}.',
    ask: 'Which subject did {p} enrol in?',
    askNear: 'What will {p} do at university in autumn?',
    values:
      'archaeology, nursing, forestry, statistics, philosophy, marine biology, law, geology, theatre, pharmacy, astronomy, linguistics, midwifery, architecture',
  },
  {
    name: 'concert',
    say: 'I have no voice left, {v} played until midnight.',
    asked: 'Where were you last night, I rang three times?',
    short: 'In front of the stage, {v} were in town.',
    other: 'That poster of {v} has been there for years.',
    ask: 'Which band did {p} see live?',
    askNear: 'Who was on stage when {p} was out at midnight?',
    values:
      'The Velvet Otters, Northern Static, Paper Tigers Club, The Low Tides, Marble Fox, Echo Parade, The Rusty Kites, Silver Plough, Moon Traffic, The Hollow Bells, Cinder Road, The Pale Foxes, Tin Galaxy, Ocean Motel',
  },
  {
    name: 'renovation',
    say: 'We tore out the {v}, and now there is dust in every cup.',
    asked: 'What is all that hammering at your place?',
    short: 'The {v}, it has to go before winter.',
    other: 'The catalogue has a {v} on its cover.',
    ask: 'Which part of the house is {p} rebuilding?',
    askNear: 'What did {p} tear out before winter?',
    values: 'staircase, bathroom, attic, chimney, cellar, porch, kitchen, balcony, pantry, greenhouse, garage, hallway, roof, fireplace',
  },
  {
    name: 'collection',
    say: 'I paid far too much for two more {v}, the cabinet is bursting.',
    asked: 'What did you carry home from the auction?',
    short: 'More {v}, do not tell anybody.',
    other: 'Children were trading {v} on the stairs.',
    ask: 'What does {p} collect?',
    askNear: 'What is in the cabinet of {p}?',
    values:
      'stamps, teapots, marbles, postcards, thimbles, coins, vinyl records, fossils, snow globes, old maps, beer mats, model trains, buttons, bird feathers',
  },
  {
    name: 'illness',
    say: 'The tests are back: it is {v}, but they caught it in time.',
    asked: 'What did the doctor find?',
    short: '{v}. There are tablets for it, luckily.',
    other: 'I read an article on {v}.',
    ask: 'What was {p} diagnosed with?',
    askNear: 'For what does {p} take tablets since the tests?',
    values:
      'anaemia, shingles, pneumonia, asthma, gout, bronchitis, an ulcer, migraine, tinnitus, appendicitis, eczema, a thyroid disorder, gallstones, mumps',
  },
  {
    name: 'prize',
    say: 'I still cannot believe that they gave me the {v}!',
    asked: 'You are grinning, what happened?',
    short: 'I won the {v}, out of two hundred people.',
    other: 'The paper printed the rules of the {v}.',
    ask: 'Which award did {p} receive?',
    askNear: 'What did {p} win?',
    values:
      'pastry medal, short film prize, teaching award, poetry cup, chess trophy, photo prize, beekeeper ribbon, science grant, dance trophy, design award, choir medal, rose show ribbon, robotics cup, debating prize',
  },
];

/** Said of no fact. */
export const smallTalk: readonly string[] = [
  'Good to hear from you!',
  'It has been raining here since Tuesday.',
  'Sorry, I had to answer the door.',
  'That sounds like you.',
  'Ha, I wish I had been there.',
  'Let us talk about that over coffee some day.',
  'I slept badly, the street was loud.',
  'How was your week?',
  'Busy as always, and yours?',
  'My phone is almost flat.',
  'I am on the train, so I may drop out.',
  'No way! Tell me more.',
  'You always say that.',
  'I should really go to bed earlier.',
  'The internet at my place is terrible today.',
  'We should meet before the holidays.',
  'That made my day, honestly.',
  'Hold on, the kettle.',
  'I was just thinking of you.',
  'All quiet on this side.',
];
