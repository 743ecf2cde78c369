"""Who a person is: profile, personality, questionnaire, the folder and the workspace."""
