"""A conversation's worth of what a partner might say: 60 lines of 10 to 25 words."""

from __future__ import annotations

LINES = tuple(
    line.strip()
    for line in """
Good morning, I hope I am not keeping you from your work out there today.
What is the first thing you do when you get up on a cold day?
Tell me a little about the place where you grew up and the people there.
Did you ever get lost in the woods when you were a child, and who found you?
I have never held a chainsaw in my life, how did you learn to use one?
My sister calls me every Sunday, do you still talk with your own family often?
What did your mother cook when there was not much left in the house?
I was a terrible pupil at school and they were glad to see me go.
How did you learn to read the forest if nobody ever sent you to lessons?
Is there somebody you trust with anything, and how long did that trust take?
We had a big storm here last week and two trees fell across the road.
What is the worst accident you have seen at work, if I may ask you that?
Do you like working with a crew, or would you rather be on your own?
I think most people talk too much, but my friends say I am just shy.
Have you got an animal at home, and does it come along to the woods?
What would you buy first if somebody handed you a year of pay tomorrow?
My father never said he was proud of me, and I still think about it.
When was the last time that you laughed so hard that your belly hurt?
I am thinking of moving out of the city, would you advise me to do it?
Which season do you like best in the forest, and which one do you dread?
Somebody told me that old trees can feel when a storm is on the way.
Have you ever been in love with a person who did not love you back?
What do you do on a Sunday when it rains from morning until it is dark?
I lost my job in the spring and I have not told my parents about it yet.
Is there a thing you did as a child that you are still ashamed of today?
Who taught you how to sharpen a blade, and were they patient with you?
I bought a cheap pair of boots and they fell apart after a single week.
What does your house look like when a visitor comes in through the front door?
Do you believe that people can change once they are grown, or only pretend to?
I made bread for the first time yesterday and it came out as hard as stone.
What was the hardest winter you remember, and how did you get through it?
Would you ever take a job in an office if the pay was twice as good?
My neighbour and I have not spoken since he cut down my old apple tree.
How do you tell a healthy tree from one that will fall within the year?
What is the kindest thing that a stranger ever did for you out of nowhere?
I am scared of heights, so I could never climb a tree the way you do.
Did you have a best friend as a child, and do you know where they are?
Tell me about a time that you were really angry and what you did about it.
I like to swim in cold lakes, it wakes me up better than any coffee does.
What do you want to have done by the time that you turn forty years old?
Do you sing when you are alone, and if so, what sort of songs are they?
My grandmother died last month and her house smells of her all the same.
Have you ever found something strange in the woods that you could not explain?
People in town say that nobody needs foresters anymore, what would you tell them?
What did you want to be when you were six or seven years of age?
I cannot sleep well since the move, is there a trick that helps you rest?
Which of your tools would you never lend to anybody, not even a good friend?
Is there a place in the forest that you go to when you feel sad?
They want to build a road through our valley and I do not like it.
Who was the first person that paid you for a proper day of work?
I have two left hands, but I would like to learn to carve a spoon.
What is a thing that everybody here believes and that you think is plain wrong?
Do you remember the house of your grandparents, and what it smelled like inside?
My boss shouts at us every day, and I am close to shouting right back.
Were you ever cheated by somebody, and did you forgive them for it in the end?
What makes you decide that a person you met has become a friend of yours?
I saw a deer with her young this morning right behind the petrol station.
If you could spend one more day with somebody who is gone, who would it be?
You have told me a great deal, is there anything you want to know about me?
I should let you go now, but may I come by again one of these days?
""".strip().splitlines()
)
