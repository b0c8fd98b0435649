"""The larger files of the sound sample that every rule is tried on."""

TEMPLATE = """
Parameters:
  Level: {Type: String, AllowedValues: [INFO, DEBUG]}
Outputs:
  Bucket: {Value: bucket}
Resources:
  FailedAlarm:
    Type: AWS::CloudWatch::Alarm
  StartRunFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/run/start_run/
      Handler: app.handler
      Policies:
        - Statement:
            - Effect: Allow
              Action: s3:GetObject
              Resource: !Sub ${Bucket.Arn}/runs/*
  FullImport:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: !Sub ${AWS::StackName}-3-2-Akeneo-Full-Import-Products
      DefinitionUri: statemachines/3-2-akeneo-full-import-products.asl.yaml
      DefinitionSubstitutions:
        StartRunFunctionArn: !GetAtt StartRunFunction.Arn
"""
DEFINITION = """
StartAt: Start Run
States:
  Start Run:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters:
      FunctionName: ${StartRunFunctionArn}
      Payload:
        job: 3-2-Akeneo-Full-Import-Products
    Retry:
      - ErrorEquals: [TransientError, Lambda.ServiceException, Lambda.AWSLambdaException,
                      Lambda.SdkClientException, Lambda.TooManyRequestsException]
        MaxAttempts: 3
        BackoffRate: 2
        JitterStrategy: FULL
    Next: Import Pages
  Import Pages:
    Type: Map
    ItemProcessor:
      StartAt: Import Range
      States:
        Import Range:
          Type: Pass
          End: true
    Next: Already Running?
  Already Running?:
    Type: Choice
    Choices:
      - Variable: $.status
        StringEquals: already_running
        Next: Done
    Default: Done
  Done:
    Type: Succeed
"""
README = """# Sample

`make demo` and `make test`; see [errors](docs/errors.md#dataerror).

## Jobs

| job | does |
|---|---|
| `3-2-Akeneo-Full-Import-Products` | all |

## Commands

| command | does |
|---|---|
| `akeneo-sfcc run` | runs |

```sh
AKENEO_USERNAME=me .venv/bin/akeneo-sfcc run 3-2-Akeneo-Full-Import-Products \\
  --config my.json
```
"""
